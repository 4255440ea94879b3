import type { PendingWrite } from '../../declare/rules/rule.ts'
import type { Values } from '../../declare/rules/values.ts'

/** Returns a frozen copy of a write, for code of plugins: what the code does to it does not change what is written. */
export function frozenWriteCopy(write: PendingWrite): PendingWrite {
  return Object.freeze({
    ...write,
    before: write.before && frozenCopy(write.before),
    values: frozenCopy(write.values),
    items: new Map([...write.items].map(([field, rows]) => [field, Object.freeze(rows.map(frozenCopy))])),
  })
}

/** Returns a frozen copy of values, for code of plugins. */
export function frozenCopy(values: Values): Values {
  const copy: Record<string, unknown> = {}
  for (const key in values) copy[key] = copyOf(values[key])
  return Object.freeze(copy)
}

function copyOf(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  // Object.freeze does not prevent a Date from being changed. The plugin gets its own.
  if (value instanceof Date) return new Date(value)
  if (Array.isArray(value)) return Object.freeze(value.map(copyOf))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, element]) => [key, copyOf(element)])))
}
