import type { UserError, UserErrorField } from '../../declare/rules/user-errors.ts'
import { GUARDED_BY_PARENT_OPTIONS } from '../../permissions/guard.ts'
import type { Answer } from '../../reads/reading.ts'
import { CORE } from '../../registry/declaring-plugins.ts'
import { claimType, ownedBy } from '../name-claims.ts'
import { defineEnum, type TypeStore } from '../types.ts'
import { errorField } from './error-fields.ts'

/** An error type that has only the fields of the interface `UserError`. */
interface UserErrorType {
  readonly name: string
  readonly description: string
}

const PLAIN_ERRORS: readonly UserErrorType[] = [
  { name: 'InvalidInputError', description: 'A value of the input is not valid.' },
  {
    name: 'NotFoundError',
    description: 'The record does not exist, or the caller may not see it: the error is the same for both.',
  },
]

const CANDIDATES: UserErrorField = {
  description:
    'Records that seem to be the same, the most alike first. Empty where a value has to be unique and is not.',
  isList: true,
  type: {
    name: 'DuplicateCandidate',
    description: 'A stored record that is perhaps the one that the caller is about to create.',
    fields: {
      score: { type: 'Int', description: 'How alike the two are, from 0 to 100.' },
      reasons: { type: 'String', isList: true, description: 'What is alike, such as `Same e-mail address`.' },
      record: { type: 'Node', isNullable: true, description: 'The stored record.' },
    },
  },
}

/** Defines the interface `UserError` and the error types of core. */
export function defineUserErrors(store: TypeStore): void {
  const { builder } = store
  const ref = builder.interfaceRef<UserError>('UserError')
  ref.implement({
    description:
      'A problem that the caller can correct. When a mutation of one record has a user error, nothing was written.',
    resolveType: (error) => error.typename,
    fields: (t) => ({
      code: t.string({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Code for programs, such as `NOT_FOUND`; unlike the message it does not change.',
        resolve: (error) => error.code,
      }),
      message: t.string({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'What is wrong and what to do about it, in English.',
        resolve: (error) => error.message,
      }),
      path: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: ['String'],
        nullable: true,
        description:
          'Path of the wrong value in the arguments, such as `["input", "name"]`; null when the error is not about a single field.',
        resolve: (error) => error.path,
      }),
    }),
  })
  for (const name of [
    ...PLAIN_ERRORS.map((error) => error.name),
    'DuplicateRecordError',
    'RuleViolation',
    'FieldConflict',
    'StaleVersionError',
  ])
    claimType(store.claims, name, CORE)
  for (const { name, description } of PLAIN_ERRORS)
    builder.objectRef<UserError>(name).implement({ description, interfaces: [ref] })
  builder.objectRef<UserError>('DuplicateRecordError').implement({
    description:
      'A value that has to be unique is already used by another record, or the record seems to exist already.',
    interfaces: [ref],
    fields: (t) => ({ candidates: errorField(store, t, CORE, 'DuplicateRecordError', 'candidates', CANDIDATES) }),
  })
  builder.objectRef<UserError>('RuleViolation').implement({
    description: 'A business rule refuses the mutation. The rule is built in or belongs to a plugin.',
    interfaces: [ref],
    fields: (t) => ({
      rule: t.string({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Name of the rule, such as `tasks.status`.',
        resolve: (error) => String(error['rule']),
      }),
    }),
  })
  const conflict = builder.objectRef<Answer>('FieldConflict')
  conflict.implement({
    description:
      'A field that the caller wants to change, and that somebody else has changed since the version that the caller sent.',
    fields: (t) => ({
      field: t.string({
        ...GUARDED_BY_PARENT_OPTIONS,
        description: 'Name of the input field, such as `ownerId`.',
        resolve: (each) => String(each['field']),
      }),
      base: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: 'JSON',
        nullable: true,
        description: 'Value in the version that the caller sent, before somebody else changed it.',
        resolve: (each) => each['base'],
      }),
      theirs: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: 'JSON',
        nullable: true,
        description: 'Value that is stored now.',
        resolve: (each) => each['theirs'],
      }),
      yours: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: 'JSON',
        nullable: true,
        description: 'Value that the caller wants to write.',
        resolve: (each) => each['yours'],
      }),
    }),
  })
  builder.objectRef<UserError>('StaleVersionError').implement({
    description:
      'The record has been changed since the version that the caller sent. Nothing was written: read the record again, and send its current version.',
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
        description:
          'Fields that both the caller and somebody else have changed; empty when no field is in conflict. Has only fields that the caller may read on all records of the object.',
        resolve: (error) => (Array.isArray(error['conflicts']) ? error['conflicts'] : []),
      }),
    }),
  })
  userErrorRefs.set(store, ref)
  store.outputs.set('UserError', ref)
  defineEnum(
    store,
    'BulkErrorPolicy',
    'What a mutation that writes several records does when some of them have errors.',
    [
      { name: 'REJECT_ALL', description: 'No record is written.' },
      { name: 'REJECT_FAILED', description: 'The records without errors are written.' },
    ],
  )
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
            Object.entries(declared.fields ?? {}).map(([name, field]) => [
              name,
              errorField(store, t, plugin.id, declared.name, name, field),
            ]),
          ),
      })
    }
  }
}
