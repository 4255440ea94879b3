import type { UserError, UserErrorField } from '../../declare/rules/user-errors.ts'
import { GUARDED_BY_PARENT_OPTIONS } from '../../permissions/guard.ts'
import type { Answer } from '../../reads/reading.ts'
import { CORE } from '../../registry/declaring-plugins.ts'
import { claimType, ownedBy } from '../name-claims.ts'
import { defineEnum, type TypeStore } from '../types.ts'

/** An error type with no fields besides those of `UserError`. */
interface UserErrorType {
  readonly name: string
  readonly description: string
}

const PLAIN_ERRORS: readonly UserErrorType[] = [
  { name: 'InvalidInputError', description: 'A value is not valid.' },
  {
    name: 'NotFoundError',
    description: 'The record does not exist, or the caller may not see it: the error is the same for both.',
  },
  { name: 'DuplicateRecordError', description: 'A value that has to be unique is already used by another record.' },
]

/** Defines the interface `UserError` and the error types of core. */
export function defineUserErrors(store: TypeStore): void {
  const { builder } = store
  const ref = builder.interfaceRef<UserError>('UserError')
  ref.implement({
    description:
      'A problem that the caller can correct. A mutation of one record that returns one has written nothing.',
    resolveType: (error) => error.typename,
    fields: (t) => ({
      code: t.string({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Stable code, such as `NOT_FOUND`.',
        resolve: (error) => error.code,
      }),
      message: t.string({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'What is wrong and what to do about it.',
        resolve: (error) => error.message,
      }),
      path: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: ['String'],
        nullable: true,
        description:
          'Path in the arguments, such as `["input", "name"]`; null when the error is not about a single field.',
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
    description: 'A rule of core or of a plugin refuses the mutation.',
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
    description: 'A field that somebody else has changed since the version that the caller sent.',
    fields: (t) => ({
      field: t.string({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Name of the input field.',
        resolve: (each) => String(each['field']),
      }),
      base: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: 'JSON',
        nullable: true,
        description: 'Value in the version that the caller sent.',
        resolve: (each) => each['base'],
      }),
      theirs: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: 'JSON',
        nullable: true,
        description: 'Current value.',
        resolve: (each) => each['theirs'],
      }),
      yours: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: 'JSON',
        nullable: true,
        description: 'Value that the caller sent.',
        resolve: (each) => each['yours'],
      }),
    }),
  })
  builder.objectRef<UserError>('StaleVersionError').implement({
    description: 'The record has been changed since the version that the caller sent.',
    interfaces: [ref],
    fields: (t) => ({
      currentVersion: t.int({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Current version of the record.',
        resolve: (error) => Number(error['currentVersion']),
      }),
      conflicts: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: [conflict],
        description: 'Fields that both the caller and somebody else have changed.',
        resolve: (error) => (Array.isArray(error['conflicts']) ? error['conflicts'] : []),
      }),
    }),
  })
  userErrorRefs.set(store, ref)
  store.outputs.set('UserError', ref)
  defineEnum(store, 'BulkErrorPolicy', 'What a mutation that writes a list does when some of its rows have errors.', [
    { name: 'REJECT_ALL', description: 'Nothing is written.' },
    { name: 'REJECT_FAILED', description: 'The rows without errors are written.' },
  ])
}

const userErrorRefs = new WeakMap<TypeStore, ReturnType<TypeStore['builder']['interfaceRef']>>()

/** Returns the interface `UserError`. Throws before `defineUserErrors` was called. */
export function userErrorRef(store: TypeStore) {
  const ref = userErrorRefs.get(store)
  if (!ref) throw new Error('UserError is not defined yet.')
  return ref
}

/** Defines the error types that plugins declare, each with its own fields. */
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
    throw new Error(`${error.typename}.${name} has no value in the error that was returned.`)
  return value
}
