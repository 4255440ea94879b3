import { Sql } from '../../data/sql.ts'
import type { ContextTransaction, UnrestrictedAccess } from '../../declare/context-sql.ts'
import type { PluginContext } from '../../declare/plugin-context.ts'
import type { Actor } from '../../request/actor.ts'
import type { RunCall } from '../../sandbox/running.ts'
import { checkStatement } from '../../sandbox/statement-guard.ts'
import { publishUnrestrictedUse } from '../../sandbox/unrestricted-use.ts'
import { markFailed, type Part, queueWrite, type WorkLevel } from '../../sandbox/work-level.ts'
import { checkReads } from '../statements/check-reads.ts'
import { reportedError } from './reported-error.ts'
import { createPluginSees } from './sees.ts'

/** What a plugin's context has for SQL of the plugin's code. */
export interface GuardedSql {
  readonly transaction: ContextTransaction
  readonly unrestricted: Pick<UnrestrictedAccess, 'query'>
  readonly sees: PluginContext['sees']
}

/**
 * Returns the transaction of a plugin's context, which checks each statement before it is sent, and what belongs to it.
 * @param actor Actor to whom records are visible: the caller, limited to the permissions of the plugin.
 */
export function guardedSql(level: WorkLevel, part: Part, actor: Actor, run: RunCall): GuardedSql {
  const { transaction, context } = level.root.work
  const { registry, schema } = context.runtime
  const { sees, calls, expand } = createPluginSees({ registry, schema, actor }, part)

  const queryWith =
    (isUnrestricted: boolean): ContextTransaction['query'] =>
    <Row extends Record<string, unknown>>(statement: Sql) => {
      const send = async (expanded: Sql) => {
        try {
          return await transaction.query<Row>(expanded)
        } catch (error) {
          // PostgreSQL has aborted the transaction, so it must fail even if the plugin's code catches the error.
          const reported = reportedError(error)
          markFailed(level, reported)
          throw reported
        }
      }
      return run(() => {
        // A copy, so that the text which is checked is the text which is sent.
        const checked = new Sql(statement.strings, statement.values)
        const { text } = checked
        const { isWrite } = checkStatement(text, part.plugin, registry.models)
        checkReads({ text, plugin: part.plugin, registry, calls, isUnrestricted })
        if (isUnrestricted) publishUnrestrictedUse(part)
        const expanded = expand(checked)
        return isWrite ? queueWrite(level, part, () => send(expanded)) : send(expanded)
      })
    }

  return {
    transaction: { workspaceId: transaction.workspaceId, query: queryWith(false) },
    unrestricted: { query: queryWith(true) },
    sees,
  }
}
