import type { Payload, RowResult } from '../../operations/mutate.ts'
import type { UserError } from '../../operations/user-errors.ts'
import type { Answer } from '../builder.ts'
import type { ObjectType } from '../registry.ts'
import { defineEnum, type OutputTypeRef, outputType, type TypeStore } from './types.ts'

/** Own properties of an error, for types that rules bring. */
interface UserErrorType {
  readonly name: string
  readonly description: string
}

const PLAIN_ERRORS: readonly UserErrorType[] = [
  { name: 'InvalidInputError', description: 'A value is not what it has to be.' },
  { name: 'NotFoundError', description: 'A record is not there, or not for the caller to see: the two look alike.' },
  { name: 'DuplicateRecordError', description: 'A value that has to be unique is taken.' },
]

/** The interface of what callers can mend, and the platform's own types of it. */
export function defineUserErrors(store: TypeStore): void {
  const { builder } = store
  const ref = builder.interfaceRef<UserError>('UserError')
  ref.implement({
    description: 'Something the caller can mend. Nothing was written where a mutation answers with one.',
    resolveType: (error) => error.typename,
    fields: (t) => ({
      code: t.string({ description: 'Stable code, such as `NOT_FOUND`.', resolve: (error) => error.code }),
      message: t.string({ description: 'What is wrong and what to do.', resolve: (error) => error.message }),
      path: t.field({
        type: ['String'],
        nullable: true,
        description: 'Where in the arguments; null when it is no one field.',
        resolve: (error) => error.path,
      }),
    }),
  })
  for (const { name, description } of PLAIN_ERRORS)
    builder.objectRef<UserError>(name).implement({ description, interfaces: [ref] })
  builder.objectRef<UserError>('RuleViolation').implement({
    description: 'A rule of the workspace or of a plugin forbids it.',
    interfaces: [ref],
    fields: (t) => ({
      rule: t.string({ description: 'Name of the rule.', resolve: (error) => String(error['rule']) }),
    }),
  })
  const conflict = builder.objectRef<Answer>('FieldConflict')
  conflict.implement({
    description: 'A field that somebody else has changed since the version the caller started from.',
    fields: (t) => ({
      field: t.string({ description: 'Input field.', resolve: (each) => String(each['field']) }),
      base: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Value at the version the caller started from.',
        resolve: (each) => each['base'],
      }),
      theirs: t.field({ type: 'JSON', nullable: true, description: 'Value now.', resolve: (each) => each['theirs'] }),
      yours: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Value the caller sent.',
        resolve: (each) => each['yours'],
      }),
    }),
  })
  builder.objectRef<UserError>('StaleVersionError').implement({
    description: 'The record has been changed since the version that the caller names.',
    interfaces: [ref],
    fields: (t) => ({
      currentVersion: t.int({ description: 'Version now.', resolve: (error) => Number(error['currentVersion']) }),
      conflicts: t.field({
        type: [conflict],
        description: 'Fields that the caller and somebody else have both changed.',
        resolve: (error) => (Array.isArray(error['conflicts']) ? error['conflicts'] : []),
      }),
    }),
  })
  userErrorRefs.set(store, ref)
  store.outputs.set('UserError', ref)
  defineEnum(store, 'BulkErrorPolicy', 'What a list of writes does when some of its rows have errors.', [
    { name: 'REJECT_ALL', description: 'Nothing is written.' },
    { name: 'REJECT_FAILED', description: 'The rows without errors are written.' },
  ])
}

const userErrorRefs = new WeakMap<TypeStore, ReturnType<TypeStore['builder']['interfaceRef']>>()

/** The interface `UserError`. */
export function userErrorRef(store: TypeStore) {
  const ref = userErrorRefs.get(store)
  if (!ref) throw new Error('UserError is not defined yet.')
  return ref
}

function recordRef(store: TypeStore, object: ObjectType): OutputTypeRef {
  const ref = outputType(store, object.name)
  if (typeof ref === 'string') throw new Error(`${object.name} is a scalar.`)
  return ref
}

/** Payload of a write to one record. */
export function definePayload(store: TypeStore, object: ObjectType, name: string) {
  return store.builder.objectRef<Payload>(name).implement({
    description: 'The record as the write left it, or what has to be mended.',
    fields: (t) => ({
      [object.singular]: t.field({
        type: recordRef(store, object),
        nullable: true,
        description: `The ${object.name}; null where there are errors.`,
        resolve: (payload, _args, _context, info) => payload.records[info.path.key],
      }),
      userErrors: t.field({
        type: [userErrorRef(store)],
        description: 'What the caller can mend; empty when it was written.',
        resolve: (payload) => payload.userErrors,
      }),
    }),
  })
}

/** Payload of a list of writes. */
export function defineBulkPayload(store: TypeStore, object: ObjectType, name: string) {
  const result = store.builder.objectRef<RowResult>(name.replace(/Payload$/, 'Result'))
  result.implement({
    description: 'What became of one row.',
    fields: (t) => ({
      index: t.exposeInt('index', { description: 'Place of the row in the input, from 0.' }),
      [object.singular]: t.field({
        type: recordRef(store, object),
        nullable: true,
        description: `The ${object.name}; null where it was not written.`,
        resolve: (row, _args, _context, info) => row.records[info.path.key],
      }),
      userErrors: t.field({
        type: [userErrorRef(store)],
        description: 'Errors of this row.',
        resolve: (row) => row.userErrors,
      }),
    }),
  })
  return store.builder.objectRef<Payload>(name).implement({
    description: 'What became of each row, in input order.',
    fields: (t) => ({
      results: t.field({
        type: [result],
        description: 'One for each row, in input order.',
        resolve: (payload) => payload.results ?? [],
      }),
      createdCount: t.int({
        description: 'Records that were written.',
        resolve: (payload) => payload.createdCount ?? 0,
      }),
      userErrors: t.field({
        type: [userErrorRef(store)],
        description: 'The errors of all rows.',
        resolve: (payload) => payload.userErrors,
      }),
    }),
  })
}
