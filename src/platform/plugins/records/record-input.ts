import { coerceInputValue, isInputType } from 'graphql'
import { decodeId, encodeId, toRecordId } from '../../declare/record-id.ts'
import type { Values } from '../../declare/rules/values.ts'
import { isUuid } from '../../formats/uuid.ts'
import { actInputName } from '../../registry/acts.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { UnitOfWork } from '../../request/context.ts'
import type { InputSpec } from '../../writes/input/input-specs.ts'
import { type ObjectWriter, variantKey, writerOf } from '../../writes/input/writer.ts'
import { withoutPrismaValues } from './prisma-input.ts'

/**
 * Returns the uuid of a record. `id` is a record id, or a uuid, which is returned in lower case. Null for a record id
 * of another object and for a malformed id.
 */
export function uuidOfRecord(object: ObjectType, id: string): string | null {
  const uuid = id.toLowerCase()
  if (isUuid(uuid)) return uuid
  const decoded = decodeId(id)
  const prefixes = [object.prefix, ...[...object.variants.values()].map(({ prefix }) => prefix)]
  return decoded && prefixes.includes(decoded.prefix) ? decoded.uuid : null
}

/**
 * Returns the input of a create, coerced as the API does for a client.
 * @param kind Input field of a variant, such as `note`, when the object is abstract; otherwise null.
 * @throws Error when the object can't be created or the input is not valid, for example a misspelt field.
 */
export function createInput(work: UnitOfWork, object: ObjectType, kind: string | null, input: Values): Values {
  if (!object.writes.has('create')) throw new Error(`Records of ${object.name} can't be created.`)
  const isAbstract = object.discriminator !== null
  if (isAbstract !== (kind !== null))
    throw new Error(
      isAbstract
        ? `${object.name} is abstract: write \`log('${object.name}', kind, input)\`.`
        : `${object.name} has no kinds: write \`create('${object.name}', input)\`.`,
    )
  const { registry } = work.context.runtime
  const writer = writerOf(registry, object)
  const values =
    kind === null
      ? withRecordIds(registry, writer.specs, input)
      : { [kind]: withRecordIds(registry, specsOfKind(writer, kind), input) }
  return coerceInput(work, `${isAbstract ? 'Log' : 'Create'}${object.name}Input`, values)
}

/**
 * Returns the input of an update, coerced as the API does for a client, without id and version. Without a version, the
 * update is written whatever version the record has.
 * @throws Error when the object can't be updated or the input is not valid.
 */
export function updateInput(work: UnitOfWork, object: ObjectType, input: Values): Values {
  if (!object.writes.has('update')) throw new Error(`Records of ${object.name} can't be updated.`)
  const { registry } = work.context.runtime
  const writer = writerOf(registry, object)
  const values: Record<string, unknown> = withRecordIds(registry, writer.specs, input)
  for (const variant of object.variants.values()) {
    const key = variantKey(variant)
    if (values[key] !== undefined)
      values[key] = withRecordIds(registry, specsOfKind(writer, key), valuesOf(values[key]))
  }
  return coerceIdentified(work, object, `Update${object.name}Input`, values)
}

/**
 * Returns the input of a business act, coerced as the API does for a client, without id and version.
 * @throws Error when the input is not valid.
 */
export function actInput(work: UnitOfWork, object: ObjectType, act: string, input: Values): Values {
  return coerceIdentified(work, object, actInputName(act), input)
}

/** Coerces the values to an input type that also requires the id and the version of a record; returns neither. */
function coerceIdentified(work: UnitOfWork, object: ObjectType, typeName: string, values: Values): Values {
  const identity = { id: encodeId(object.prefix, NO_RECORD), version: 1 }
  const { id: _id, version: _version, ...rest } = coerceInput(work, typeName, { ...values, ...identity })
  return rest
}

/** A uuid for the `id` that the input of an update or act requires. It identifies no record and is removed after the coercion. */
const NO_RECORD = '00000000-0000-0000-0000-000000000000'

function specsOfKind(writer: ObjectWriter, kind: string): readonly InputSpec[] {
  const variant = [...writer.object.variants.values()].find((candidate) => variantKey(candidate) === kind)
  if (!variant) throw new Error(`There is no kind ${kind} of ${writer.object.name}.`)
  return [...writer.specs, ...(writer.details.get(variant.kind) ?? [])]
}

/** Coerces the values to an input type of the schema. Throws for invalid values, such as a misspelt field. */
function coerceInput(work: UnitOfWork, typeName: string, values: Values): Values {
  const type = work.context.runtime.schema.getType(typeName)
  if (!isInputType(type)) throw new Error(`There is no input ${typeName}.`)
  return valuesOf(coerceInputValue(withoutPrismaValues(type, values), type))
}

/** Returns the input with plain uuids replaced by record ids, as the API expects them. */
function withRecordIds(registry: Registry, specs: readonly InputSpec[], input: Values): Record<string, unknown> {
  const values: Record<string, unknown> = { ...input }
  for (const spec of specs)
    if (values[spec.name] !== undefined) values[spec.name] = recordIdsOfValue(registry, spec, values[spec.name])
  return values
}

function recordIdsOfValue(registry: Registry, spec: InputSpec, value: unknown): unknown {
  if (spec.kind === 'relation') return recordIdOfValue(registry, spec.object, value)
  if (spec.kind === 'reference') {
    const { type, id } = valuesOf(value)
    return typeof type === 'string' ? recordIdOfValue(registry, type, id) : value
  }
  if (spec.kind !== 'items' || !Array.isArray(value)) return value
  const { specs, inputName } = spec.items
  const [elementSpec] = specs
  if (inputName === null)
    return elementSpec ? value.map((element: unknown) => recordIdsOfValue(registry, elementSpec, element)) : value
  return value.map((element: unknown) => withRecordIds(registry, specs, valuesOf(element)))
}

function recordIdOfValue(registry: Registry, object: string, value: unknown): unknown {
  return typeof value === 'string' && isUuid(value.toLowerCase())
    ? toRecordId(objectNamed(registry, object).prefix, value)
    : value
}

function valuesOf(value: unknown): Values {
  return value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value)) : {}
}
