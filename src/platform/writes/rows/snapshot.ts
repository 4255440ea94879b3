import { encodeId } from '../../declare/record-id.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { InputSpec } from '../input/input-specs.ts'

/** A record's field values as clients write them, by input field: what the audit keeps and conflicts show. */
export type Snapshot = Readonly<Record<string, unknown>>

/** Snapshot of a row and its parts. Without the parts of a field, that field is left out. */
export function snapshotOf(
  registry: Registry,
  specs: readonly InputSpec[],
  row: Values,
  items: ReadonlyMap<string, readonly Values[]>,
): Snapshot {
  const snapshot: Record<string, unknown> = {}
  for (const spec of specs) {
    if (spec.kind !== 'items') snapshot[spec.name] = valueIn(registry, spec, row)
    else {
      const parts = items.get(spec.name)
      if (parts) snapshot[spec.name] = parts.map((part) => partOf(registry, spec, part))
    }
  }
  return snapshot
}

function partOf(registry: Registry, spec: Extract<InputSpec, { kind: 'items' }>, part: Values): unknown {
  const values = snapshotOf(registry, spec.items.specs, part, new Map())
  return spec.items.inputName === null ? values['id'] : values
}

function valueIn(registry: Registry, spec: Exclude<InputSpec, { kind: 'items' }>, row: Values): unknown {
  if (spec.kind === 'column') {
    const value = row[spec.column.name]
    return spec.column.type === 'decimal' && typeof value === 'string' ? canonicalDecimal(value) : plain(value)
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

/** `1100.5000` and `1100.50` are one amount. */
function canonicalDecimal(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.')
  return `${whole}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`
}

function plain(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : (value ?? null)
}

/** Fields whose values differ, with both values. */
export function difference(before: Snapshot, after: Snapshot): Record<string, { from: unknown; to: unknown }> {
  const changes: Record<string, { from: unknown; to: unknown }> = {}
  for (const [field, to] of Object.entries(after)) {
    const from = before[field] ?? null
    if (JSON.stringify(from) !== JSON.stringify(to)) changes[field] = { from, to }
  }
  return changes
}
