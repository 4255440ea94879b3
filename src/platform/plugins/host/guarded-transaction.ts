import type { Sql } from '../../data/sql.ts'
import { sqlState } from '../../data/transaction.ts'
import { markPassThrough } from '../../declare/pass-through-error.ts'
import type { ContextTransaction } from '../../declare/plugin-context.ts'
import type { RunCall } from '../../sandbox/running.ts'
import { checkStatement } from '../../sandbox/statement-guard.ts'
import { markFailed, type Part, queueWrite, type WorkLevel } from '../../sandbox/work-level.ts'

/** Returns the transaction of a plugin's context, which checks each statement before it is sent. */
export function guardedTransaction(level: WorkLevel, part: Part, run: RunCall): ContextTransaction {
  const { transaction, context } = level.root.work
  return {
    workspaceId: transaction.workspaceId,
    query<Row extends Record<string, unknown>>(statement: Sql) {
      const send = async () => {
        try {
          return await transaction.query<Row>(statement)
        } catch (error) {
          // PostgreSQL has aborted the transaction, so it must fail even if the plugin's code catches the error.
          const reported = isHandledByPlatform(error) ? markPassThrough(error) : error
          markFailed(level, reported)
          throw reported
        }
      }
      return run(() => {
        const { isWrite } = checkStatement(statement.text, part.plugin, context.runtime.registry.models)
        return isWrite ? queueWrite(level, part, send) : send()
      })
    },
  }
}

/**
 * Whether the platform handles the error, so that it does not count as a failure of the plugin: it retries after a
 * unique violation, a serialization failure or a deadlock, and reports UNAVAILABLE for a lost connection.
 */
function isHandledByPlatform(error: unknown): boolean {
  const state = sqlState(error)
  return state === null || ['23505', '40001', '40P01'].includes(state) || /^(?:08|53|57P)/.test(state)
}
