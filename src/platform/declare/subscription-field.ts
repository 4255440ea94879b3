import type {
  ArgBuilder,
  InputFieldMap,
  InputShapeFromFields,
  OutputType,
  SchemaTypes,
  ShapeFromTypeParam,
} from '@pothos/core'
import type { LogEntry } from './change.ts'
import type { HandledChange } from './handler.ts'
import type { Permission } from './permission.ts'
import type { PluginContext } from './plugin-context.ts'

/** The type of an event's value: a type of the schema, or a list of it in brackets. */
export type EventType<Types extends SchemaTypes> = OutputType<Types> | [OutputType<Types>]

/** What a field of `Subscription` consists of. */
export interface SubscriptionOptions<
  Types extends SchemaTypes,
  Type extends EventType<Types> = EventType<Types>,
  Args extends InputFieldMap = InputFieldMap,
> {
  /** When an event happens, for the documentation in the schema. */
  readonly description: string
  /** GraphQL type of the event's value, such as `objects.Account`. It is always nullable. */
  readonly type: Type
  /** Permission that the caller needs, besides `change:read`. */
  readonly permission: Permission
  /** Arguments, as of any other field. `after` is reserved: the platform adds it. */
  readonly args?: Args
  /** Committed changes that may be events. The caller gets an event only for changes of records that they may read. */
  readonly on: {
    /** Names of the objects, such as `['Account']`. */
    readonly types: readonly string[]
    /** Kinds of writes. Default: all kinds. */
    readonly operations?: readonly LogEntry['operation'][]
  }
  /** Points that the subscription costs the caller when it begins. Default: 10. */
  readonly cost?: number
  /** Why the field will be removed, and what to use instead. */
  readonly deprecationReason?: string
  /**
   * Decides whether a change is an event, and returns the event's value: as `resolve` of any other field, for a record
   * its uuid or the row that Prisma Client returned. Null, or a record that the caller may not see, means that there is no
   * event. Called for each open subscription and each matching change, in the order of the log, when the event is sent:
   * later writes may be visible already. A client that resumes gets the decision anew.
   *
   * It may take 5 seconds and can't write. When it throws or takes longer, the client gets an event whose `value` is null,
   * with an error. To take too long is a strike.
   * @param change The change. `changedFields` has only fields that the caller may read on all records.
   * @param context A context of its own for each event. It reads what the caller may see.
   */
  resolve(
    change: HandledChange,
    args: InputShapeFromFields<Args>,
    context: PluginContext,
  ): EventValue<Types, Type> | Promise<EventValue<Types, Type>>
}

type EventValue<Types extends SchemaTypes, Type extends EventType<Types>> =
  | ShapeFromTypeParam<Types, Type, true>
  | null
  | undefined

/** The `t` of `builder.subscriptionField`. */
export interface SubscriptionFieldBuilder<Types extends SchemaTypes> {
  /** Declares the field. */
  field<Type extends EventType<Types>, Args extends InputFieldMap = Record<never, never>>(
    options: SubscriptionOptions<Types, Type, Args>,
  ): SubscriptionOptions<Types>
  /** Declares arguments, as `t.arg` of any other field. */
  readonly arg: ArgBuilder<Types>
}

/** How a plugin's `schema` adds a field to `Subscription`. */
export interface SubscriptionFields<Types extends SchemaTypes> {
  /**
   * Adds a subscription to events of the plugin's domain. The source of events is the log: for each committed change that
   * matches `on` and that the caller may see, `resolve` decides whether it is an event. The client gets objects of the
   * type `<Name>Event`, with the fields `cursor`, `at` and `value`, and resumes with the argument `after` without loss, as
   * in `changes`.
   * @param name Name of the field, such as `courseFilled`.
   * @param declare Called at once. Has to return `t.field({ … })`.
   * @example
   * builder.subscriptionField('dealWon', (t) =>
   *   t.field({
   *     description: 'A deal was won.',
   *     type: objects.Deal,
   *     permission: 'deal:read',
   *     on: { types: ['Deal'], operations: ['UPDATED'] },
   *     async resolve({ recordId, changedFields }, _args, { prisma }) {
   *       if (!changedFields.includes('stage')) return null
   *       return prisma.deal.findFirst({ where: { id: recordId, stage: 'WON' } })
   *     },
   *   }),
   * )
   */
  subscriptionField(name: string, declare: (t: SubscriptionFieldBuilder<Types>) => SubscriptionOptions<Types>): void
}
