import { getNamedType } from 'graphql'
import { transact } from '../../data/transaction.ts'
import { WEIGHTS } from '../../declare/field-cost.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { Query, QuerySelection } from '../../declare/query.ts'
import { projectorOf, readProjected, startProjection } from '../../reads/projection.ts'
import type { FieldCall, FieldRun } from '../../reads/reading.ts'
import { subfields } from '../../reads/select.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { runPart } from '../../sandbox/run-part.ts'
import { MAX_BUDGET_MS } from '../../sandbox/time-limit.ts'
import { throwIfFailed } from '../../sandbox/work-level.ts'
import { declaredArgs } from '../inputs/declared-arguments.ts'
import { definePayloadType } from '../mutations/payload-types.ts'
import type { OutputField, TypeStore } from '../types.ts'

/** Returns the root query fields whose values the code of plugins returns. */
export function pluginQueries(store: TypeStore): OutputField[] {
  return store.registry.plugins.flatMap((plugin) =>
    (plugin.queries ?? []).map((query): OutputField => {
      const { answer } = query
      const type = definePayloadType(store, plugin.id, `Query.${query.name}`, answer.type)
      return {
        name: query.name,
        pluginId: plugin.id,
        description: query.description,
        deprecated: query.deprecated,
        type,
        list: answer.isList ? 'of non-null' : 'no',
        // Null with an error when the code fails, so that the other fields of the request still have their values.
        isNullable: true,
        guard: { kind: 'permission', permission: query.permission, what: 'This' },
        args: declaredArgs(store, plugin.id, `Query.${query.name}`, query.args),
        cost: { weight: query.cost ?? WEIGHTS.pluginQuery },
        run: runQuery(plugin, query),
      }
    }),
  )
}

function runQuery(plugin: Plugin, query: Query): FieldRun {
  return (place) => {
    const { runtime, actor } = place.context
    return transact(
      runtime.database,
      actor.workspaceId,
      async (transaction) => {
        const work: UnitOfWork = {
          context: { ...place.context, now: place.reading.now },
          transaction,
          now: place.reading.now,
          log: [],
          hasPluginStatements: false,
        }
        const projection = startProjection(place.reading, { isCompletedByExecutor: false, includeDeleted: false })
        const project = projectorOf(projection, typeOf(place), place.group, `Query.${query.name}`)
        const answer = await runPart(work, plugin, query.name, MAX_BUDGET_MS, async (context) =>
          project(await query.run(place.args, context, selectionOf(place))),
        )
        throwIfFailed(work)
        await readProjected(projection, transaction)
        return answer
      },
      runtime.onStatement,
      'read only',
    )
  }
}

/** Returns what the client selects of the answer. */
function selectionOf(place: FieldCall): QuerySelection {
  const { name } = getNamedType(typeOf(place))
  let names: ReadonlySet<string> | undefined
  return {
    has(field) {
      names ??= new Set([...subfields(place.reading, name, place.group).values()].map(([node]) => node.name.value))
      return names.has(field)
    },
  }
}

function typeOf({ reading, group: [node] }: FieldCall) {
  const field = reading.schema.getQueryType()?.getFields()[node.name.value]
  if (!field) throw new Error(`Query.${node.name.value} is not in the schema.`)
  return field.type
}
