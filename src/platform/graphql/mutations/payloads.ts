import { GUARDED_BY_PARENT_OPTIONS } from '../../permissions/guard.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { Payload, RowResult } from '../../writes/mutate.ts'
import { words } from '../descriptions.ts'
import { claimType, ownedBy } from '../name-claims.ts'
import { type OutputTypeRef, outputType, type TypeStore } from '../types.ts'
import { userErrorRef } from './user-error-types.ts'

function recordRef(store: TypeStore, object: ObjectType): OutputTypeRef {
  const ref = outputType(store, object.name, `${object.pluginId}: the payload of ${object.name}`)
  if (typeof ref === 'string') throw new Error(`${object.name} is a scalar.`)
  return ref
}

/** Defines the payload type of a mutation that writes one record. */
export function definePayload(store: TypeStore, object: ObjectType, name: string, pluginId = object.pluginId) {
  claimType(store.claims, name, pluginId, {})
  return store.builder.objectRef<Payload>(name).implement({
    ...ownedBy(store.registry, pluginId),
    description: 'The record after the write, or what the caller has to correct.',
    fields: (t) => ({
      [object.singular]: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: recordRef(store, object),
        nullable: true,
        description: `The ${words(object.name)}; null when there are errors, or when the caller may not see it.`,
        resolve: (payload, _args, _context, info) => payload.records[info.path.key],
      }),
      userErrors: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: [userErrorRef(store)],
        description: 'Problems that the caller can correct; empty when the mutation succeeded.',
        resolve: (payload) => payload.userErrors,
      }),
    }),
  })
}

/** Defines the payload type of a mutation that creates several records, and the type of the result of each record. */
export function defineBulkPayload(store: TypeStore, object: ObjectType, name: string) {
  const resultName = name.replace(/Payload$/, 'Result')
  claimType(store.claims, name, object.pluginId, {})
  claimType(store.claims, resultName, object.pluginId, {})
  const result = store.builder.objectRef<RowResult>(resultName)
  result.implement({
    ...ownedBy(store.registry, object.pluginId),
    description: 'The result of one entry of `records`.',
    fields: (t) => ({
      index: t.exposeInt('index', {
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Index of the entry in `records`, from 0.',
      }),
      [object.singular]: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: recordRef(store, object),
        nullable: true,
        description: `The ${words(object.name)}; null when it was not created, or when the caller may not see it.`,
        resolve: (row, _args, _context, info) => row.records[info.path.key],
      }),
      userErrors: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: [userErrorRef(store)],
        description: 'Problems of this entry that the caller can correct.',
        resolve: (row) => row.userErrors,
      }),
    }),
  })
  return store.builder.objectRef<Payload>(name).implement({
    ...ownedBy(store.registry, object.pluginId),
    description: 'For each entry of `records`, the record that was created or the problems of the entry.',
    fields: (t) => ({
      results: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: [result],
        description: 'One result for each entry of `records`, in the same order.',
        resolve: (payload) => payload.results ?? [],
      }),
      createdCount: t.int({
        ...GUARDED_BY_PARENT_OPTIONS,
        description:
          'Number of entries for which a record was created. An entry counts too when an existing record is returned for it instead, such as an interaction with the same `source` and `sourceId`.',
        resolve: (payload) => payload.createdCount ?? 0,
      }),
      userErrors: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: [userErrorRef(store)],
        description: 'The problems of all entries, in the order of `records`.',
        resolve: (payload) => payload.userErrors,
      }),
    }),
  })
}
