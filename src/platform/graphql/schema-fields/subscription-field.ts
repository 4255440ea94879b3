import { InputFieldBuilder } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { readCursor } from '../../changes/change-object.ts'
import { completeEvent, type EventSource, resolveEventValue, VALUE } from '../../changes/event-values.ts'
import { follow } from '../../changes/follow.ts'
import { compileHandledChange } from '../../changes/handled-change.ts'
import { logConditions } from '../../changes/read-changes.ts'
import { sql } from '../../data/sql.ts'
import { CHANGE_OPERATIONS } from '../../declare/change.ts'
import { WEIGHTS } from '../../declare/field-cost.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { SubscriptionFieldBuilder, SubscriptionOptions } from '../../declare/subscription-field.ts'
import { capital } from '../../formats/capital.ts'
import { enforceGuard, GUARDED_BY_PARENT, type RootGuard } from '../../permissions/guard.ts'
import { type Answer, asIs } from '../../reads/reading.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import { requireDependency } from '../../registry/declaring-plugins.ts'
import type { Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { RequestContext } from '../../request/context.ts'
import { byResponseKey, type SchemaTypes } from '../builder.ts'
import { claimRootField } from '../name-claims.ts'
import { outputFields } from '../outputs/output-fields.ts'
import { fieldsOf } from '../outputs/record-fields.ts'
import { answerOf, textOf } from '../roots/subscriptions.ts'
import type { OutputField, OutputTypeRef, TypeStore } from '../types.ts'
import { rootGuard } from './root-field.ts'

type Options = SubscriptionOptions<SchemaTypes>

/** Name of the argument with the cursor from which a client resumes. */
const AFTER_NAME = 'after'
const AFTER =
  'Cursor of the last event that the client received. The events after it are sent first, in order, and then new events. Without a cursor, only new events are sent.'

/**
 * Adds a field of a plugin to `Subscription`, and the type of its events.
 * @param platformTypes Gets the name of the type.
 * @throws CompositionError for a name that exists already, and for a field that does not follow the log.
 */
export function defineSubscriptionField(
  store: TypeStore,
  plugin: Plugin,
  platformTypes: Set<string>,
  name: string,
  declare: (t: SubscriptionFieldBuilder<SchemaTypes>) => Options,
): void {
  const coordinate = `Subscription.${name}`
  const options = declare(fieldBuilder(store, plugin, coordinate))
  checkSource(store.registry, plugin, coordinate, options)
  claimRootField(store.claims, 'Subscription', name, plugin.id)
  const typeName = `${capital(name)}Event`
  platformTypes.add(typeName)
  const type = defineEvent(store, plugin, typeName, options)
  const guard = rootGuard(store, plugin, coordinate, options.permission)
  store.builder.subscriptionField(name, (t) =>
    t.field({
      type,
      description: options.description,
      ...(options.deprecationReason === undefined ? {} : { deprecationReason: options.deprecationReason }),
      extensions: { guard, pluginId: plugin.id, cost: { weight: options.cost ?? WEIGHTS.pluginQuery } },
      args: { ...options.args, [AFTER_NAME]: t.arg.string({ description: AFTER }) },
      subscribe: (
        _root: unknown,
        args: Readonly<Record<string, unknown>>,
        context: RequestContext,
        info: GraphQLResolveInfo,
      ) => subscribe({ plugin, typeName, guard, options }, args, context, info),
      resolve: (event: unknown, args: unknown, context: RequestContext, info: GraphQLResolveInfo) =>
        byResponseKey(answerOf(event), args, context, info),
    }),
  )
}

/** Returns the `t` with which a plugin declares the field. */
function fieldBuilder(
  { builder }: TypeStore,
  plugin: Plugin,
  coordinate: string,
): SubscriptionFieldBuilder<SchemaTypes> {
  const arg = new InputFieldBuilder(builder, 'Arg').argBuilder()
  return new Proxy<SubscriptionFieldBuilder<SchemaTypes>>(
    { field: (options) => options, arg },
    {
      get(t, name) {
        if (name === 'field' || name === 'arg') return t[name]
        throw new CompositionError(
          `${plugin.id}: ${coordinate} is declared by t.${String(name)}. Declare it by t.field, with \`on\` and \`resolve\`.`,
        )
      },
    },
  )
}

/**
 * Checks where the events come from.
 * @throws CompositionError for a source other than the log, and for objects that have no changes or belong to a plugin
 * on which this one does not depend.
 */
function checkSource(registry: Registry, plugin: Plugin, coordinate: string, options: Options): void {
  const refuse = (problem: string) => {
    throw new CompositionError(`${plugin.id}: ${coordinate} ${problem}`)
  }
  if (Reflect.has(Object(options), 'subscribe'))
    refuse(
      'has `subscribe`, so its events would come from memory: clients on another node would not get them, and clients that connect again would miss some. Declare `on`, the changes of the log that may be events, and decide in `resolve`.',
    )
  const { on, resolve, args } = options
  if (typeof resolve !== 'function') refuse('has no function `resolve`, which returns the value of an event or null.')
  if (args && Object.hasOwn(args, AFTER_NAME))
    refuse(`has an argument ${AFTER_NAME}, which the platform adds. Rename it.`)
  const types: readonly unknown[] = on?.types ?? []
  if (types.length === 0)
    refuse("names no object whose changes may be events. Add `on`, such as { types: ['Account'] }.")
  for (const type of types) {
    const object = registry.objects.get(String(type))
    if (!object || object.writes.size === 0) refuse(`follows ${String(type)}, which is not an object with changes.`)
    else requireDependency(registry, plugin.id, object.pluginId, `the object ${object.name} (${coordinate})`)
  }
  for (const operation of on?.operations ?? [])
    if (!CHANGE_OPERATIONS.includes(operation))
      refuse(`follows the operation ${String(operation)}. Operations of changes are ${CHANGE_OPERATIONS.join(', ')}.`)
}

/** Defines the type of the events, such as `CourseFilledEvent`, and returns a reference to it. */
function defineEvent(store: TypeStore, plugin: Plugin, typeName: string, options: Options): OutputTypeRef {
  const at = fieldsOf(store, objectNamed(store.registry, 'Change'), null).filter(({ name }) => name === 'at')
  const cursor: OutputField = {
    name: 'cursor',
    description: 'Position of the event in the log, for the argument `after`.',
    type: 'String',
    list: 'no',
    isNullable: false,
    guard: GUARDED_BY_PARENT,
    read: readCursor,
  }
  const ref = store.builder.objectRef<Answer>(typeName)
  ref.implement({
    description: options.description,
    extensions: { pluginId: plugin.id },
    fields: (t) => ({
      ...outputFields(store, t, [cursor, ...at]),
      [VALUE]: t.field({
        type: options.type,
        nullable: true,
        description: 'What happened; null only when the code of the plugin failed.',
        extensions: {
          guard: GUARDED_BY_PARENT,
          pluginId: plugin.id,
          isSchemaField: true,
          // `completeEvent` computes the value after the statement.
          read: () => ({ sql: sql`null`, shape: asIs }),
          resolveValue: resolveEventValue,
        },
        // The Pothos plugin `compiledFields` replaces it: the value is taken from the event.
        resolve: () => null,
      }),
    }),
  })
  return ref
}

/** A plugin's subscription, as it is defined. */
interface Defined extends Pick<EventSource, 'plugin' | 'typeName'> {
  readonly guard: RootGuard
  readonly options: Options
}

/** Opens the subscription for a client. */
function subscribe(
  { plugin, typeName, guard, options }: Defined,
  { [AFTER_NAME]: after, ...args }: Readonly<Record<string, unknown>>,
  context: RequestContext,
  info: GraphQLResolveInfo,
) {
  enforceGuard(context.actor, guard)
  const { types, operations = CHANGE_OPERATIONS } = options.on
  const source: EventSource = {
    plugin,
    typeName,
    resolve: (change, pluginContext) => options.resolve(change, args, pluginContext),
  }
  return follow(context, info, {
    typeName,
    after: textOf(after),
    conditions: (reading, row) => logConditions(reading, row, { types, operations }),
    decision: {
      change: (reading, row) => compileHandledChange(reading, row, types),
      complete: (event, change) => completeEvent(context, info, source, event, change),
    },
  })
}
