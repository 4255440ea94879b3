import { uuidv7 } from 'uuidv7'
import type { Plugin } from '../../declare/plugin.ts'
import type { PendingWrite, RuleResult } from '../../declare/rules/rule.ts'
import type { Values } from '../../declare/rules/values.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'
import type { ItemsSpec } from '../input/input-specs.ts'
import type { ObjectWriter } from '../input/writer.ts'

/** What only the platform writes in a part. */
const PLATFORM_COLUMNS: readonly string[] = ['id', 'workspaceId', 'position']

/**
 * The parts of a write with those that a rule answers in their place. A plugin sets parts that are kept in its own tables.
 * @throws PluginFailedError that names what it may not set.
 */
export function withItems(
  writer: ObjectWriter,
  plugin: Plugin,
  rule: string,
  items: PendingWrite['items'],
  answered: NonNullable<RuleResult['items']>,
): PendingWrite['items'] {
  const patched = new Map(items)
  for (const [field, rows] of Object.entries(answered)) {
    const refuse = (why: string) =>
      new PluginFailedError({ plugin: plugin.id, name: rule }, 'THREW', `Its items set ${field}, ${why}.`, null)
    const spec = writer.specs.find((each) => each.kind === 'items' && each.name === field)
    if (spec?.kind !== 'items') throw refuse(`which is no list of parts of ${writer.object.name}`)
    if (!plugin.isCore && spec.items.model.pluginId !== plugin.id)
      throw refuse(`which ${spec.items.model.pluginId} keeps to itself`)
    patched.set(
      field,
      rows.map((row, position) => ({ ...checkedRow(spec.items, row, refuse), id: uuidv7(), position })),
    )
  }
  return patched
}

function checkedRow({ model, parent }: ItemsSpec, row: Values, refuse: (why: string) => Error): Values {
  for (const [name, value] of Object.entries(row)) {
    const column = model.columns.get(name)
    if (!column) throw refuse(`with ${name}, which ${model.name} does not have`)
    if (column.isGenerated || column === parent || PLATFORM_COLUMNS.includes(name))
      throw refuse(`with ${name}, which only the platform writes`)
    if (value === null && column.isRequired) throw refuse(`with no ${name}, which can’t be empty`)
  }
  return row
}
