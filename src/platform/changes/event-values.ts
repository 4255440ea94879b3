import { type GraphQLResolveInfo, isObjectType, Kind } from 'graphql'
import type { HandledChange } from '../declare/handler.ts'
import type { Plugin } from '../declare/plugin.ts'
import type { PluginContext } from '../declare/plugin-context.ts'
import { auditReads } from '../log/audited-reads.ts'
import type { FieldGroup } from '../reads/collect.ts'
import { failuresInPlace } from '../reads/deferred.ts'
import { settleResolved } from '../reads/fields/resolutions.ts'
import { pluginResolution } from '../reads/schema-fields/plugin-resolution.ts'
import { subfields } from '../reads/select.ts'
import type { RequestContext } from '../request/context.ts'
import { groupOf, startEvents } from './event-reading.ts'

/** Name of the field that has the value of a plugin's event. */
export const VALUE = 'value'

/** A subscription of a plugin, as one client has opened it. */
export interface EventSource {
  readonly plugin: Plugin
  /** GraphQL type of the events. */
  readonly typeName: string
  /** Returns the value of the event that a change is; null when it is none. */
  readonly resolve: (change: HandledChange, context: PluginContext) => unknown
}

/**
 * Computes the value of one event in a context of its own: runs the plugin's code and reads the records that it returned.
 * Returns the event with what the client selects of the value, or null when the change is no event. Where the code
 * fails, the value is an Error, which GraphQL's executor reports.
 * @param event The other fields of the event, by response key.
 */
export async function completeEvent(
  context: RequestContext,
  info: GraphQLResolveInfo,
  { plugin, typeName, resolve }: EventSource,
  event: Readonly<Record<string, unknown>>,
  change: HandledChange,
): Promise<Readonly<Record<string, unknown>> | null> {
  const type = info.schema.getType(typeName)
  const field = isObjectType(type) ? type.getFields()[VALUE] : undefined
  if (!field) throw new Error(`${typeName}.${VALUE} is not in the schema.`)
  const reading = startEvents(context, info)
  const resolution = pluginResolution(reading, plugin)
  let outcome: Promise<unknown> | undefined
  // A client may select the value several times. The code runs once.
  const parent = (pluginContext: PluginContext) => {
    outcome ??= new Promise((settle) => settle(resolve(change, pluginContext)))
    return outcome
  }
  const selected = [...subfields(reading, typeName, groupOf(info))].filter(([, [node]]) => node.name.value === VALUE)
  const values: Record<string, unknown> = {}
  for (const [key, fields] of selected.length > 0 ? selected : [UNSELECTED])
    values[key] = resolution.add({ typeName, field, parent, args: {}, group: fields })
  await settleResolved(reading, values, [], failuresInPlace)
  if (Object.values(values).every((value) => value === null)) return null
  if (selected.length === 0) return event
  await auditReads(context, reading.auditedReads)
  return { ...event, ...values }
}

/** What is read of the value when the client does not select it: only whether there is one. */
const UNSELECTED: readonly [string, FieldGroup] = [
  VALUE,
  [
    {
      kind: Kind.FIELD,
      name: { kind: Kind.NAME, value: VALUE },
      selectionSet: {
        kind: Kind.SELECTION_SET,
        selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }],
      },
    },
  ],
]

/** The resolver of the field `value`: calls what `completeEvent` passes as the parent of the field. */
export function resolveEventValue(parent: unknown, _args: unknown, context: unknown): unknown {
  if (typeof parent !== 'function') throw new Error('The value of an event is computed without the event.')
  return Reflect.apply(parent, undefined, [context])
}
