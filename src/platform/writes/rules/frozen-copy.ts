import type { PendingWrite } from '../../declare/rules/rule.ts'
import type { Values } from '../../declare/rules/values.ts'

/** A write as the code of plugins is shown it: a copy, so that nothing it does to it reaches what is written. */
export function frozenWrite(write: PendingWrite): PendingWrite {
  return Object.freeze({
    ...write,
    before: write.before && frozenCopy(write.before),
    values: frozenCopy(write.values),
    items: new Map([...write.items].map(([field, rows]) => [field, Object.freeze(rows.map(frozenCopy))])),
  })
}

/** Values as the code of plugins is shown them: a copy that can't be changed. */
export function frozenCopy(values: Values): Values {
  const copy: Record<string, unknown> = {}
  for (const key in values) copy[key] = copyOf(values[key])
  return Object.freeze(copy)
}

function copyOf(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  // Freezing does not keep a date from being set.
  if (value instanceof Date) return new Date(value)
  if (Array.isArray(value)) return Object.freeze(value.map(copyOf))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copyOf(each)])))
}
