import type { UserError, UserErrorField } from '../../declare/rules/user-errors.ts'
import { GUARDED_BY_PARENT_OPTIONS } from '../../permissions/guard.ts'
import type { Answer } from '../../reads/reading.ts'
import { CORE } from '../../registry/declaring-plugins.ts'
import { claimType, ownedBy } from '../name-claims.ts'
import { defineEnum, type TypeStore } from '../types.ts'

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
      code: t.string({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Stable code, such as `NOT_FOUND`.',
        resolve: (error) => error.code,
      }),
      message: t.string({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'What is wrong and what to do.',
        resolve: (error) => error.message,
      }),
      path: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: ['String'],
        nullable: true,
        description: 'Where in the arguments; null when it is no one field.',
        resolve: (error) => error.path,
      }),
    }),
  })
  for (const name of [
    ...PLAIN_ERRORS.map((error) => error.name),
    'RuleViolation',
    'FieldConflict',
    'StaleVersionError',
  ])
    claimType(store.claims, name, CORE)
  for (const { name, description } of PLAIN_ERRORS)
    builder.objectRef<UserError>(name).implement({ description, interfaces: [ref] })
  builder.objectRef<UserError>('RuleViolation').implement({
    description: 'A rule of the workspace or of a plugin forbids it.',
    interfaces: [ref],
    fields: (t) => ({
      rule: t.string({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Name of the rule.',
        resolve: (error) => String(error['rule']),
      }),
    }),
  })
  const conflict = builder.objectRef<Answer>('FieldConflict')
  conflict.implement({
    description: 'A field that somebody else has changed since the version the caller started from.',
    fields: (t) => ({
      field: t.string({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Input field.',
        resolve: (each) => String(each['field']),
      }),
      base: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: 'JSON',
        nullable: true,
        description: 'Value at the version the caller started from.',
        resolve: (each) => each['base'],
      }),
      theirs: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: 'JSON',
        nullable: true,
        description: 'Value now.',
        resolve: (each) => each['theirs'],
      }),
      yours: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
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
      currentVersion: t.int({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Version now.',
        resolve: (error) => Number(error['currentVersion']),
      }),
      conflicts: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
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

/** Types of errors that plugins bring, each with the fields of its own. */
export function definePluginErrors(store: TypeStore): void {
  const ref = userErrorRef(store)
  for (const plugin of store.registry.plugins) {
    for (const declared of plugin.errors ?? []) {
      claimType(store.claims, declared.name, plugin.id, declared)
      store.builder.objectRef<UserError>(declared.name).implement({
        ...ownedBy(store.registry, plugin.id),
        description: declared.description,
        interfaces: [ref],
        fields: (t) =>
          Object.fromEntries(
            Object.entries(declared.fields ?? {}).map(([name, field]) => {
              const options = {
                ...GUARDED_BY_PARENT_OPTIONS,
                description: field.description,
                nullable: field.isNullable ?? false,
              }
              if (field.isList)
                return [name, t.field({ ...options, type: [field.type], resolve: (error) => listOf(error[name]) })]
              return [name, t.field({ ...options, type: field.type, resolve: (error) => detailOf(error, name, field) })]
            }),
          ),
      })
    }
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function detailOf(error: UserError, name: string, field: UserErrorField): unknown {
  const value = error[name] ?? null
  if (value === null && !field.isNullable)
    throw new Error(`${error.typename}.${name} has no value in the error that was answered.`)
  return value
}
