import type { Values } from '../declare/rules/values.ts'
import type { Registry } from '../registry/object-type.ts'
import type { ItemsSpec } from '../writes/input/input-specs.ts'
import { parseInput } from '../writes/input/parse.ts'
import { snapshotOf } from '../writes/rows/snapshot.ts'

/**
 * Returns the existing items of a record and the new items of a row, as input of an update: an update replaces the
 * whole list. Null when the row has no new item. An item of the row is not new when an existing item has all its
 * values.
 */
export function mergeItems(
  registry: Registry,
  spec: ItemsSpec,
  existing: readonly Values[],
  rowItems: readonly Values[],
): readonly Values[] | null {
  const present = existing.map((item) => snapshotOf(registry, spec.specs, item, new Map()))
  const added = rowItems.filter((item) => {
    const wanted = snapshotOf(registry, spec.specs, parseInput(registry, spec.specs, item, []).values, new Map())
    return !present.some((presentItem) =>
      Object.keys(item).every((field) => JSON.stringify(presentItem[field]) === JSON.stringify(wanted[field])),
    )
  })
  return added.length === 0 ? null : [...present, ...added]
}

/**
 * Returns the items of a row as a list, in the order of their positions. An item that rows of one record repeat is in it
 * once.
 */
export function itemsOfRow(items: ReadonlyMap<number, Values>): Values[] {
  const sorted = [...items].toSorted(([one], [other]) => one - other).map(([, item]) => item)
  return [...new Map(sorted.map((item) => [JSON.stringify(item), item])).values()]
}
