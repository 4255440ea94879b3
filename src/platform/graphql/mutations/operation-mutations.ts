import { type GraphQLResolveInfo, getNamedType, isObjectType } from 'graphql'
import type { Operation } from '../../declare/rules/operation.ts'
import type { OperationPayloadField } from '../../declare/rules/operation-output.ts'
import type { Values } from '../../declare/rules/values.ts'
import { badUserInput, codedError } from '../../errors.ts'
import { capital } from '../../formats/capital.ts'
import { GUARDED_BY_PARENT_OPTIONS } from '../../permissions/guard.ts'
import { collectFields } from '../../reads/collect.ts'
import { failuresInPlace, settleWithin } from '../../reads/deferred.ts'
import { computeResolved } from '../../reads/fields/resolutions.ts'
import { ProjectionError, projectorOf, readProjected, startProjection } from '../../reads/projection.ts'
import { startSelection } from '../../reads/start-reading.ts'
import type { OwnedOperation } from '../../registry/acts.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import { CORE, ownerIn } from '../../registry/declaring-plugins.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'
import { mutate, type Payload } from '../../writes/mutate.ts'
import { runOperation } from '../../writes/rules/run-operation.ts'
import { discard } from '../../writes/unit-of-work.ts'
import type { SchemaTypes } from '../builder.ts'
import { declaredInputFields } from '../inputs/declared-arguments.ts'
import { claimType, ownedBy } from '../name-claims.ts'
import { defineInput, type TypeStore } from '../types.ts'
import { payloadOptions } from './payload-types.ts'
import type { MutationResolver } from './record-mutations.ts'
import { userErrorRef } from './user-error-types.ts'

/**
 * Defines the input type of an operation (a declared mutation with an input and a payload of its own), named
 * `<Operation>Input`, and the input types of its fields. Returns its name.
 */
export function defineOperationInput(
  store: TypeStore,
  plugin: string,
  { name, description, input }: Operation,
): string {
  const inputName = `${capital(name)}Input`
  claimType(store.claims, inputName, plugin, input)
  defineInput(store, inputName, description, () => declaredInputFields(store, plugin, input), { pluginId: plugin })
  return inputName
}

/** Defines the payload type of an operation, `<Operation>Payload`: the declared fields and `userErrors`. */
export function defineOperationPayload(store: TypeStore, plugin: string, { name, payload }: Operation) {
  const typeName = `${capital(name)}Payload`
  claimType(store.claims, typeName, plugin, payload)
  if (Object.hasOwn(payload, 'userErrors'))
    throw new CompositionError(
      `${plugin}: ${typeName}.userErrors is a field that every payload has already. Rename the one that ${name} declares.`,
    )
  return store.builder.objectRef<Payload>(typeName).implement({
    ...ownedBy(store.registry, plugin),
    description: `The result of \`${name}\`, or what the caller has to correct.`,
    fields: (t) => ({
      ...payloadFields(store, t, plugin, typeName, payload),
      userErrors: t.field({
        ...GUARDED_BY_PARENT_OPTIONS,
        type: [userErrorRef(store)],
        description: 'Problems that the caller can correct; empty when the operation was done.',
        resolve: (answer) => answer.userErrors,
      }),
    }),
  })
}

type FieldBuilder = PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload>

function payloadFields(
  store: TypeStore,
  t: FieldBuilder,
  plugin: string,
  typeName: string,
  fields: Operation['payload'],
) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, declared]) => {
      const options = payloadOptions(store, plugin, `${typeName}.${name}`, declared)
      const empty = emptyOf(declared)
      if (empty === null && !declared.isNullable && ownerIn(store.registry, plugin) !== CORE)
        throw new CompositionError(
          `${plugin}: ${typeName}.${name} has no value when the operation is refused. Make it nullable.`,
        )
      const read = (payload: Payload, info: GraphQLResolveInfo) => {
        const { key } = info.path
        // Payloads are stored for requests with an Idempotency-Key, and returned when such a request is sent again. A
        // stored payload has no secrets.
        if (payload.secrets?.includes(String(key)) && !Object.hasOwn(payload.values ?? {}, key))
          throw secretReturnedOnce(name)
        return payload.values?.[key] ?? empty
      }
      if (declared.isList) {
        const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
        return [
          name,
          t.field({
            ...options,
            type: [options.type],
            resolve: (payload, _args, _context, info) => list(read(payload, info)),
          }),
        ]
      }
      return [name, t.field({ ...options, resolve: (payload, _args, _context, info) => read(payload, info) })]
    }),
  )
}

/**
 * Returns the value that a payload field has when the operation was refused, such as an empty list or 0. Null when the
 * type has no such value: the field then has to be nullable.
 */
function emptyOf({ type, isList, isNullable }: OperationPayloadField): unknown {
  if (isList) return []
  if (isNullable) return null
  return typeof type === 'string' ? (EMPTY[type] ?? null) : null
}

const EMPTY: Readonly<Record<string, unknown>> = { Int: 0, Float: 0, Decimal: '0', String: '', Boolean: false }

/** Returns the resolver of an operation: it runs the operation and reads the payload in one transaction. */
export function resolveOperation({ plugin, operation }: OwnedOperation): MutationResolver {
  const hasSecretInput = Object.values(operation.input).some((field) => field.isSecret)
  return (context, input, info) => {
    if (hasSecretInput && context.idempotencyKey !== null)
      throw badUserInput(
        `${operation.name} does not accept an Idempotency-Key: a request with a secret is not stored. Send it without the header.`,
      )
    return mutate(context, String(info.path.key), {
      async write(work) {
        const result = await runOperation(work, { plugin, operation }, input)
        if (operation.isAtomic && result.userErrors.length > 0) discard(work)
        return result
      },
      async answer(work, { values, userErrors }) {
        try {
          const project = projectionOf(work, info, values, userErrors.length > 0)
          const secrets = userErrors.length > 0 ? [] : secretKeys(info, operation)
          return { records: {}, values: await project(), userErrors, ...(secrets.length > 0 ? { secrets } : {}) }
        } catch (error) {
          if (!(error instanceof ProjectionError)) throw error
          throw new PluginFailedError({ plugin: plugin.id, name: operation.name }, 'THREW', error.message, error)
        }
      },
    })
  }
}

/** Returns the response keys under which the client selects secrets of the payload. */
function secretKeys(info: GraphQLResolveInfo, { payload }: Operation): string[] {
  const names = Object.entries(payload).flatMap(([name, field]) => (field.isSecret ? [name] : []))
  if (names.length === 0) return []
  const { schema, fragments, variableValues: variables } = info
  const sets = info.fieldNodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []))
  const groups = collectFields({ schema, fragments, variables }, getNamedType(info.returnType).name, sets)
  return [...groups].flatMap(([key, [node]]) => (names.includes(node.name.value) ? [key] : []))
}

function secretReturnedOnce(field: string) {
  return codedError(
    'SECRET_TOLD_ONCE',
    `${field} is a secret: only the first response to this Idempotency-Key contained it, and it is not stored. If that response was lost, revoke what the secret was created for, and create another.`,
  )
}

/**
 * Returns a function that reads what the client selects of the payload, by response key. It reads records as they are
 * after the operation, also soft-deleted records.
 */
function projectionOf(work: UnitOfWork, info: GraphQLResolveInfo, values: Values, isRefused: boolean) {
  return async (): Promise<Values> => {
    const reading = startSelection(work.context, info, work.transaction)
    const payload = getNamedType(info.returnType)
    if (!isObjectType(payload)) throw new Error(`${payload.name} is not an object type.`)
    const projection = startProjection(reading, { isCompletedByExecutor: true, includeDeleted: true })
    const sets = info.fieldNodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []))
    const answer: Record<string, unknown> = {}
    for (const [key, group] of collectFields(reading, payload.name, sets)) {
      const name = group[0].name.value
      const field = payload.getFields()[name]
      if (!field || name === 'userErrors') continue
      const value = values[name]
      if (isRefused && (value === undefined || value === null)) continue
      answer[key] = projectorOf(projection, field.type, group, `${payload.name}.${name}`)(value)
    }
    await readProjected(projection, work.transaction)
    if (projection.recordFields.size === 0) return answer
    await computeResolved(reading)
    settleWithin(answer, [], failuresInPlace)
    return answer
  }
}
