import { coerceInputValue, isInputType } from 'graphql'
import { decodeId, encodeId } from '../../declare/record-id.ts'
import type { Values } from '../../declare/rules/values.ts'
import { isUuid } from '../../formats/uuid.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { UnitOfWork } from '../../request/context.ts'
import type { InputSpec } from '../../writes/input/input-specs.ts'
import { type ObjectWriter, variantKey, writerOf } from '../../writes/input/writer.ts'

/** The uuid of a record's id, which may be one already; null for an id of another object and for what is no id. */
export function uuidOfRecord(object: ObjectType, id: string): string | null {
  if (isUuid(id.toLowerCase())) return id
  const decoded = decodeId(id)
  const prefixes = [object.prefix, ...[...object.variants.values()].map(({ prefix }) => prefix)]
  return decoded && prefixes.includes(decoded.prefix) ? decoded.uuid : null
}

/** Input of a create as a client's would be taken. `kind` is the input field of a kind of an abstract object. */
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
    kind === null ? typed(registry, writer.specs, input) : { [kind]: typed(registry, specsOfKind(writer, kind), input) }
  return coerced(work, `${isAbstract ? 'Log' : 'Create'}${object.name}Input`, values)
}

/** Input of an update as a client's would be taken, without the version: it is for whatever the record is. */
export function updateInput(work: UnitOfWork, object: ObjectType, input: Values): Values {
  if (!object.writes.has('update')) throw new Error(`Records of ${object.name} can't be updated.`)
  const { registry } = work.context.runtime
  const writer = writerOf(registry, object)
  const values: Record<string, unknown> = typed(registry, writer.specs, input)
  for (const variant of object.variants.values()) {
    const key = variantKey(variant)
    if (values[key] !== undefined) values[key] = typed(registry, specsOfKind(writer, key), valuesOf(values[key]))
  }
  const {
    id: _id,
    version: _version,
    ...rest
  } = coerced(work, `Update${object.name}Input`, {
    ...values,
    id: encodeId(object.prefix, NO_RECORD),
    version: 1,
  })
  return rest
}

const NO_RECORD = '00000000-0000-0000-0000-000000000000'

function specsOfKind(writer: ObjectWriter, kind: string): readonly InputSpec[] {
  const variant = [...writer.object.variants.values()].find((each) => variantKey(each) === kind)
  if (!variant) throw new Error(`There is no kind ${kind} of ${writer.object.name}.`)
  return [...writer.specs, ...(writer.details.get(variant.kind) ?? [])]
}

/** Throws where the values are not what the API takes, such as a misspelt field. */
function coerced(work: UnitOfWork, typeName: string, values: Values): Values {
  const type = work.context.runtime.schema.getType(typeName)
  if (!isInputType(type)) throw new Error(`There is no input ${typeName}.`)
  return valuesOf(coerceInputValue(values, type))
}

/** The input with ids as the API has them, where they are plain uuids. */
function typed(registry: Registry, specs: readonly InputSpec[], input: Values): Record<string, unknown> {
  const values: Record<string, unknown> = { ...input }
  for (const spec of specs)
    if (values[spec.name] !== undefined) values[spec.name] = typedValue(registry, spec, values[spec.name])
  return values
}

function typedValue(registry: Registry, spec: InputSpec, value: unknown): unknown {
  if (spec.kind === 'relation') return typedId(registry, spec.object, value)
  if (spec.kind === 'reference') {
    const { type, id } = valuesOf(value)
    return typeof type === 'string' ? typedId(registry, type, id) : value
  }
  if (spec.kind !== 'items' || !Array.isArray(value)) return value
  const { specs, inputName } = spec.items
  const [own] = specs
  if (inputName === null) return own ? value.map((element: unknown) => typedValue(registry, own, element)) : value
  return value.map((element: unknown) => typed(registry, specs, valuesOf(element)))
}

function typedId(registry: Registry, object: string, value: unknown): unknown {
  return typeof value === 'string' && isUuid(value.toLowerCase())
    ? encodeId(objectNamed(registry, object).prefix, value)
    : value
}

function valuesOf(value: unknown): Values {
  return value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value)) : {}
}
