import type { GraphQLResolveInfo } from 'graphql'
import { readCursor } from '../../changes/change-object.ts'
import { follow } from '../../changes/follow.ts'
import { changeConditions, objectChangeConditions } from '../../changes/read-changes.ts'
import { workspaceOf } from '../../data/row.ts'
import { sql } from '../../data/sql.ts'
import type { FieldRead } from '../../declare/objects/field-read.ts'
import { enforceGuard, GUARDED_BY_PARENT, ONLY_VISIBLE, objectGuard, type RootGuard } from '../../permissions/guard.ts'
import { oneRecord } from '../../reads/fields/one-fields.ts'
import type { Answer } from '../../reads/reading.ts'
import { CORE } from '../../registry/declaring-plugins.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { RequestContext } from '../../request/context.ts'
import { withArticle } from '../article.ts'
import { byResponseKey } from '../builder.ts'
import { pluralWords, words } from '../descriptions.ts'
import { defineFilter } from '../inputs/filters.ts'
import { claimRootField, claimType, ownedBy } from '../name-claims.ts'
import { outputFields } from '../outputs/output-fields.ts'
import { fieldsOf } from '../outputs/record-fields.ts'
import { inputType, type OutputField, type OutputTypeRef, type TypeStore } from '../types.ts'

const AFTER =
  'Cursor of the last change that the client received. The changes after that change are sent first, in order, and then new changes. Without a cursor, only new changes are sent.'

interface SubscriptionField {
  readonly name: string
  readonly pluginId: string
  readonly description: string
  readonly type: OutputTypeRef
  /** Name of the filter's input type. */
  readonly filter: string
  readonly filterDescription: string
  readonly guard: RootGuard
  readonly subscribe: (
    context: RequestContext,
    args: Readonly<Record<string, unknown>>,
    info: GraphQLResolveInfo,
  ) => Promise<AsyncIterable<unknown>>
}

/**
 * Defines the fields of `Subscription`: `changes` with the whole log, and for each object that can be written a field
 * such as `accountChanged`, whose events have a type of their own.
 */
export function defineSubscriptions(store: TypeStore): void {
  const change = store.outputs.get('Change')
  if (!change) throw new Error('Change is not defined yet.')
  const fields: SubscriptionField[] = [
    {
      name: 'changes',
      pluginId: CORE,
      description: 'Each committed write that the caller may see, in the order of the log.',
      type: change,
      filter: 'ChangeFilter',
      filterDescription: 'Only changes that meet these conditions.',
      guard: objectGuard(objectNamed(store.registry, 'Change'), 'read', 'Reading'),
      subscribe: (context, args, info) =>
        follow(context, info, {
          typeName: 'Change',
          after: textOf(args['after']),
          conditions: (reading, row) => changeConditions(reading, row, args['filter']),
        }),
    },
    ...[...store.registry.objects.values()]
      .filter((object) => object.writes.size > 0)
      .map((object) => objectChanged(store, object)),
  ]
  for (const field of fields) claimRootField(store.claims, 'Subscription', field.name, field.pluginId)
  store.builder.subscriptionType({
    description:
      'Streams of committed writes, over WebSocket (subprotocol `graphql-transport-ws`) or server-sent events.',
    fields: (t) =>
      Object.fromEntries(
        fields.map((field) => [
          field.name,
          t.field({
            extensions: { ...ownedBy(store.registry, field.pluginId).extensions, guard: field.guard },
            type: field.type,
            description: field.description,
            args: {
              filter: t.arg({
                type: inputType(store, field.filter, `${field.pluginId}: ${field.name}`),
                description: field.filterDescription,
              }),
              after: t.arg.string({ description: AFTER }),
            },
            subscribe: (
              _root: unknown,
              args: Readonly<Record<string, unknown>>,
              context: RequestContext,
              info: GraphQLResolveInfo,
            ) => {
              enforceGuard(context.actor, field.guard)
              return field.subscribe(context, args, info)
            },
            resolve: (event: unknown, args: unknown, context: RequestContext, info: GraphQLResolveInfo) =>
              byResponseKey(answerOf(event), args, context, info),
          }),
        ]),
      ),
  })
}

/** Returns an argument that is a text; null when it is absent. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** Returns the event that a stream has sent, by response key. */
export function answerOf(event: unknown): Answer {
  return event !== null && typeof event === 'object' ? Object.fromEntries(Object.entries(event)) : {}
}

/** Returns the subscription of an object, such as `accountChanged`, and defines its event type, `AccountChange`. */
function objectChanged(store: TypeStore, object: ObjectType): SubscriptionField {
  const name = `${object.name}Change`
  const noun = words(object.name)
  claimType(store.claims, name, object.pluginId, {})
  const ref = store.builder.objectRef<Answer>(name)
  store.outputs.set(name, ref)
  const readRecord: FieldRead = ({ reading, row, group }) =>
    oneRecord(
      { reading, group },
      object,
      (record) => [
        sql`${workspaceOf(record)} = ${row.column('workspaceId')}`,
        sql`${record.column('id')} = ${row.column('recordId')}`,
      ],
      { includeDeleted: true },
    )
  const change = objectNamed(store.registry, 'Change')
  const published = new Set(['at', 'operation', 'changedFields', 'requestId', 'actor', 'recordId'])
  const own: OutputField[] = [
    {
      name: 'cursor',
      description: 'Position of the write in the log, for the argument `after`.',
      type: 'String',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
      read: readCursor,
    },
    ...fieldsOf(store, change, null).filter((field) => published.has(field.name)),
    {
      name: object.singular,
      description: `The ${noun} as it is when the event is sent${object.isSoftDeleted ? ', soft-deleted or not' : ''}; null when the caller may not see it.`,
      type: object.name,
      list: 'no',
      isNullable: true,
      guard: ONLY_VISIBLE,
      read: readRecord,
    },
  ]
  ref.implement({
    ...ownedBy(store.registry, object.pluginId),
    description: `A committed write to ${withArticle(noun)}.`,
    fields: (t) => outputFields(store, t, own),
  })
  return {
    name: `${object.singular}Changed`,
    pluginId: object.pluginId,
    description: `Each committed write to ${pluralWords(object)} that the caller may see, in the order of the log.`,
    type: ref,
    filter: defineFilter(store, object),
    filterDescription: `Only writes to ${pluralWords(object)} that meet these conditions. The conditions apply to the ${noun} as it is when the event is sent.`,
    guard: objectGuard(object, 'read', 'Following'),
    subscribe: (context, args, info) =>
      follow(context, info, {
        typeName: name,
        after: textOf(args['after']),
        conditions: (reading, row) => objectChangeConditions(reading, row, object, args['filter']),
      }),
  }
}
