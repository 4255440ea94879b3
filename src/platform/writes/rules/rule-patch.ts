import type { Column } from '../../data/models/models.ts'
import { writtenValue } from '../../data/prisma/written-value.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { Registry } from '../../registry/object-type.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'
import type { InputSpec } from '../input/input-specs.ts'
import type { ObjectWriter } from '../input/writer.ts'

/** Columns that only the platform writes. */
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
 * Checks the patch that a plugin's rule or business act returned, and returns the column values to write. On its own
 * objects a plugin may set all columns except those that only the platform writes. On objects of core or another plugin
 * it may set only columns that clients can write, to values that clients can write.
 * @param name Name of the rule or act.
 * @param source What sets the columns, for messages.
 * @throws PluginFailedError when the patch sets a column or value that it may not set.
 */
export function checkedPatch(
  registry: Registry,
  writer: ObjectWriter,
  plugin: Plugin,
  name: string,
  patch: Values,
  source: 'patch' | 'insert' = 'patch',
): Values {
  const { model, pluginId, discriminator } = writer.object
  const refuse = (column: string, why: string) =>
    new PluginFailedError(
      { plugin: plugin.id, name },
      'THREW',
      `Its ${source} sets ${model.name}.${column}, ${why}.`,
      null,
    )
  const inputs = pluginId === plugin.id ? null : inputColumns(writer)
  const checked: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(patch)) {
    const column = model.columns.get(key)
    if (!column) throw refuse(key, 'which the model does not have')
    const isPlatformColumn =
      PLATFORM_COLUMNS.some((platformColumn) => platformColumn === key) ||
      column.isGenerated ||
      key === discriminator?.name
    if (isPlatformColumn) throw refuse(key, 'which only the platform writes')
    const input = inputs?.get(key)
    if (inputs && !input) throw refuse(key, `which clients can't write and only ${pluginId} may set`)
    if (value === undefined) continue
    if (value === null && column.isRequired) throw refuse(key, 'which can’t be null, to null')
    checked[key] = value === null ? null : checkedValue(registry, column, input ?? null, textOf(column, value), refuse)
  }
  return checked
}

/** Returns days and decimals as texts: code of plugins may have read them with Prisma Client. */
function textOf({ type }: Column, value: unknown): unknown {
  if (type !== 'date' && type !== 'decimal') return value
  return Array.isArray(value) ? value.map((element: unknown) => writtenValue(type, element)) : writtenValue(type, value)
}

/** Checks a value against the enum of its column, and, if `spec` is not null, against the schema of the input field. */
function checkedValue(
  registry: Registry,
  column: Column,
  spec: InputSpec | null,
  value: unknown,
  refuse: (column: string, why: string) => PluginFailedError,
): unknown {
  const values = column.enumName ? registry.models.enums.get(column.enumName)?.values : undefined
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (values && !elements.every((element) => values.some(({ name }) => name === element)))
    throw refuse(column.name, `to ${JSON.stringify(value)}, which is not a value of ${column.enumName}`)
  if (spec?.kind !== 'column') return value
  const parsed = spec.schema.safeParse(value)
  if (!parsed.success)
    throw refuse(column.name, `to a value that clients can't write: ${parsed.error.issues[0]?.message}`)
  return parsed.data
}

const inputColumnsByWriter = new WeakMap<ObjectWriter, ReadonlyMap<string, InputSpec>>()

/** Returns the columns of the object that clients can write, with the input field of each. */
function inputColumns(writer: ObjectWriter): ReadonlyMap<string, InputSpec> {
  const cached = inputColumnsByWriter.get(writer)
  if (cached) return cached
  const columns = new Map<string, InputSpec>()
  for (const spec of writer.specs) {
    // Only the object's own acts and rules change what clients set only once.
    if (spec.isCreateOnly) continue
    if (spec.kind === 'column' || spec.kind === 'relation') columns.set(spec.column.name, spec)
    else if (spec.kind === 'money') columns.set(spec.amount.name, spec).set(spec.currency.name, spec)
    else if (spec.kind === 'reference') columns.set(spec.typeColumn.name, spec).set(spec.idColumn.name, spec)
  }
  inputColumnsByWriter.set(writer, columns)
  return columns
}
