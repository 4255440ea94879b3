import { GUARDED_BY_PARENT_OPTIONS } from '../../permissions/guard.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { Payload, RowResult } from '../../writes/mutate.ts'
import { claimType, ownedBy } from '../name-claims.ts'
import { type OutputTypeRef, outputType, type TypeStore } from '../types.ts'
import { userErrorRef } from './user-error-types.ts'

function recordRef(store: TypeStore, object: ObjectType): OutputTypeRef {
  const ref = outputType(store, object.name)
  if (typeof ref === 'string') throw new Error(`${object.name} is a scalar.`)
  return ref
}

/** Payload of a write to one record. */
export function definePayload(store: TypeStore, object: ObjectType, name: string, pluginId = object.pluginId) {
  claimType(store.claims, name, pluginId, {})
  return store.builder.objectRef<Payload>(name).implement({
    ...ownedBy(store.registry, pluginId),
    description: 'The record as the write left it, or what has to be mended.',
    fields: (t) => ({
      [object.singular]: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: recordRef(store, object),
        nullable: true,
        description: `The ${object.name}; null where there are errors.`,
        resolve: (payload, _args, _context, info) => payload.records[info.path.key],
      }),
      userErrors: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: [userErrorRef(store)],
        description: 'What the caller can mend; empty when it was written.',
        resolve: (payload) => payload.userErrors,
      }),
    }),
  })
}

/** Payload of a list of writes. */
export function defineBulkPayload(store: TypeStore, object: ObjectType, name: string) {
  const resultName = name.replace(/Payload$/, 'Result')
  claimType(store.claims, name, object.pluginId, {})
  claimType(store.claims, resultName, object.pluginId, {})
  const result = store.builder.objectRef<RowResult>(resultName)
  result.implement({
    ...ownedBy(store.registry, object.pluginId),
    description: 'What became of one row.',
    fields: (t) => ({
      index: t.exposeInt('index', {
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Place of the row in the input, from 0.',
      }),
      [object.singular]: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: recordRef(store, object),
        nullable: true,
        description: `The ${object.name}; null where it was not written.`,
        resolve: (row, _args, _context, info) => row.records[info.path.key],
      }),
      userErrors: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: [userErrorRef(store)],
        description: 'Errors of this row.',
        resolve: (row) => row.userErrors,
      }),
    }),
  })
  return store.builder.objectRef<Payload>(name).implement({
    ...ownedBy(store.registry, object.pluginId),
    description: 'What became of each row, in input order.',
    fields: (t) => ({
      results: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: [result],
        description: 'One for each row, in input order.',
        resolve: (payload) => payload.results ?? [],
      }),
      createdCount: t.int({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Records that were written.',
        resolve: (payload) => payload.createdCount ?? 0,
      }),
      userErrors: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: [userErrorRef(store)],
        description: 'The errors of all rows.',
        resolve: (payload) => payload.userErrors,
      }),
    }),
  })
}
