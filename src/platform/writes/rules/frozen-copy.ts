import type { PendingWrite } from '../../declare/rules/rule.ts'
import type { Values } from '../../declare/rules/values.ts'

/** Returns a frozen copy of a write for code of plugins, which then can't change the values that will be written. */
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
  // Object.freeze does not prevent changes to a Date, so the plugin gets a copy of it.
  if (value instanceof Date) return new Date(value)
  if (Array.isArray(value)) return Object.freeze(value.map(copyOf))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, element]) => [key, copyOf(element)])))
}
