import type { Column } from '../../data/models/models.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { Registry } from '../../registry/object-type.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'
import type { InputSpec } from '../input/input-specs.ts'
import type { ObjectWriter } from '../input/writer.ts'

/** What only the platform writes. */
const PLATFORM_COLUMNS = [
  'id',
  'workspaceId',
  'version',
  'createdAt',
  'createdById',
  'updatedAt',
  'updatedById',
  'deletedAt',
] as const

/**
 * The column values that a plugin's rule or act wants written instead. On an object of the plugin's own it may set any
 * column but the platform's; on another's only what clients may write, within what they may write there.
 * @throws PluginFailedError that names what it may not set.
 */
export function checkedPatch(
  registry: Registry,
  writer: ObjectWriter,
  plugin: Plugin,
  name: string,
  patch: Values,
): Values {
  const { model, pluginId, discriminator } = writer.object
  const refuse = (column: string, why: string) =>
    new PluginFailedError({ plugin: plugin.id, name }, 'THREW', `Its patch sets ${model.name}.${column}, ${why}.`, null)
  const inputs = pluginId === plugin.id ? null : inputColumns(writer)
  const checked: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(patch)) {
    const column = model.columns.get(key)
    if (!column) throw refuse(key, 'which the model does not have')
    const isPlatforms =
      PLATFORM_COLUMNS.some((each) => each === key) || column.isGenerated || key === discriminator?.name
    if (isPlatforms) throw refuse(key, 'which only the platform writes')
    const input = inputs?.get(key)
    if (inputs && !input) throw refuse(key, `which clients can't write and ${pluginId} keeps to itself`)
    if (value === undefined) continue
    if (value === null && column.isRequired) throw refuse(key, 'which can’t be empty, to null')
    checked[key] = value === null ? null : fitting(registry, column, input ?? null, value, refuse)
  }
  return checked
}

function fitting(
  registry: Registry,
  column: Column,
  spec: InputSpec | null,
  value: unknown,
  refuse: (column: string, why: string) => PluginFailedError,
): unknown {
  const values = column.enumName ? registry.models.enums.get(column.enumName)?.values : undefined
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (values && !elements.every((element) => values.some((each) => each.name === element)))
    throw refuse(column.name, `to ${JSON.stringify(value)}, which is no ${column.enumName}`)
  if (spec?.kind !== 'column') return value
  const parsed = spec.schema.safeParse(value)
  if (!parsed.success) throw refuse(column.name, `to what no client may write: ${parsed.error.issues[0]?.message}`)
  return parsed.data
}

const inputs = new WeakMap<ObjectWriter, ReadonlyMap<string, InputSpec>>()

/** Columns of the object that clients write, with the input field of each. */
function inputColumns(writer: ObjectWriter): ReadonlyMap<string, InputSpec> {
  const known = inputs.get(writer)
  if (known) return known
  const columns = new Map<string, InputSpec>()
  for (const spec of writer.specs) {
    if (spec.kind === 'column' || spec.kind === 'relation') columns.set(spec.column.name, spec)
    else if (spec.kind === 'money') columns.set(spec.amount.name, spec).set(spec.currency.name, spec)
    else if (spec.kind === 'reference') columns.set(spec.typeColumn.name, spec).set(spec.idColumn.name, spec)
  }
  inputs.set(writer, columns)
  return columns
}
