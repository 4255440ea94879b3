import { encodeId } from '../../declare/record-id.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { InputSpec } from '../input/input-specs.ts'

/**
 * The field values of a record as clients write them, by input field. The log, the audit and the conflicts of a
 * `StaleVersionError` contain such values.
 */
export type Snapshot = Readonly<Record<string, unknown>>

/**
 * Returns the snapshot of a record.
 * @param row Column values of the record.
 * @param items Column values of its items, by input field. Fields that this map lacks are left out of the snapshot.
 */
export function snapshotOf(
  registry: Registry,
  specs: readonly InputSpec[],
  row: Values,
  items: ReadonlyMap<string, readonly Values[]>,
): Snapshot {
  const snapshot: Record<string, unknown> = {}
  for (const spec of specs) {
    if (spec.kind !== 'items') snapshot[spec.name] = fieldValue(registry, spec, row)
    else {
      const rows = items.get(spec.name)
      if (rows) snapshot[spec.name] = rows.map((item) => itemValue(registry, spec, item))
    }
  }
  return snapshot
}

/** Returns one item as clients write it: an object, or a record id where the input is a list of ids. */
function itemValue(registry: Registry, spec: Extract<InputSpec, { kind: 'items' }>, item: Values): unknown {
  const values = snapshotOf(registry, spec.items.specs, item, new Map())
  return spec.items.inputName === null ? values['id'] : values
}

/** Returns the value of a field as clients write it. */
function fieldValue(registry: Registry, spec: Exclude<InputSpec, { kind: 'items' }>, row: Values): unknown {
  if (spec.kind === 'column') {
    const value = row[spec.column.name]
    return spec.column.type === 'decimal' && typeof value === 'string' ? canonicalDecimal(value) : jsonValue(value)
  }
  if (spec.kind === 'money') {
    const amount = row[spec.amount.name]
    return typeof amount === 'string' ? { amount: canonicalDecimal(amount), currency: row[spec.currency.name] } : null
  }
  const uuid = row[spec.kind === 'relation' ? spec.column.name : spec.idColumn.name]
  if (typeof uuid !== 'string') return null
  const object = spec.kind === 'relation' ? spec.object : String(row[spec.typeColumn.name])
  return encodeId(objectNamed(registry, object).prefix, uuid)
}

/** Returns a decimal with at least two decimal places and no further trailing zeros: `1100.5000` becomes `1100.50`. */
function canonicalDecimal(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.')
  return `${whole}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`
}

/** Returns the JSON value of a column: a Date as ISO 8601 text. */
function jsonValue(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : (value ?? null)
}

/** Returns the fields of `after` whose values are different in `before`, with both values. */
export function difference(before: Snapshot, after: Snapshot): Record<string, { from: unknown; to: unknown }> {
  const changes: Record<string, { from: unknown; to: unknown }> = {}
  for (const [field, to] of Object.entries(after)) {
    const from = before[field] ?? null
    if (JSON.stringify(from) !== JSON.stringify(to)) changes[field] = { from, to }
  }
  return changes
}
