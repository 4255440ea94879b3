import { uuidv7 } from 'uuidv7'
import type { Plugin } from '../../declare/plugin.ts'
import type { PendingWrite, RuleResult } from '../../declare/rules/rule.ts'
import type { Values } from '../../declare/rules/values.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'
import type { ItemsSpec } from '../input/input-specs.ts'
import { placeOf } from '../input/item-place.ts'
import type { ObjectWriter } from '../input/writer.ts'

/** Columns of items that only the platform writes. */
const PLATFORM_COLUMNS: readonly string[] = ['id', 'workspaceId', 'position']

/**
 * Returns the items of a write after a rule: each list of items that the rule returned replaces the list of the same
 * field. A plugin may set only items that are stored in its own tables.
 * @throws PluginFailedError when the rule sets items or columns that it may not set.
 */
export function withItems(
  writer: ObjectWriter,
  plugin: Plugin,
  rule: string,
  items: PendingWrite['items'],
  returned: NonNullable<RuleResult['items']>,
): PendingWrite['items'] {
  const patched = new Map(items)
  for (const [field, rows] of Object.entries(returned)) {
    const refuse = (why: string) =>
      new PluginFailedError({ plugin: plugin.id, name: rule }, 'THREW', `Its items set ${field}, ${why}.`, null)
    const spec = writer.specs.find((candidate) => candidate.kind === 'items' && candidate.name === field)
    if (spec?.kind !== 'items') throw refuse(`which is not a list of items of ${writer.object.name}`)
    if (!plugin.isCore && spec.items.model.pluginId !== plugin.id)
      throw refuse(`which only ${spec.items.model.pluginId} may set`)
    patched.set(
      field,
      rows.map((row, position) => ({
        ...checkedRow(spec.items, row, refuse),
        id: uuidv7(),
        ...placeOf(spec.items.model, position),
      })),
    )
  }
  return patched
}

/** Checks the column values of one item, and returns them unchanged. */
function checkedRow({ model, parent }: ItemsSpec, row: Values, refuse: (why: string) => Error): Values {
  for (const [name, value] of Object.entries(row)) {
    const column = model.columns.get(name)
    if (!column) throw refuse(`with ${name}, which ${model.name} does not have`)
    if (column.isGenerated || column === parent || PLATFORM_COLUMNS.includes(name))
      throw refuse(`with ${name}, which only the platform writes`)
    if (value === null && column.isRequired) throw refuse(`with ${name} null, which can’t be null`)
  }
  return row
}
