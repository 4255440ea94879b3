import type { Values } from '../declare/rules/values.ts'
import type { Registry } from '../registry/object-type.ts'
import type { ItemsSpec } from '../writes/input/input-specs.ts'
import { parseInput } from '../writes/input/parse.ts'
import { snapshotOf } from '../writes/rows/snapshot.ts'

/**
 * Adds the items of a row to a record's existing ones, so that items that the file does not contain are not lost. An
 * item counts as existing when an existing one has all the values that the row gives.
 * @returns all items, as input of the update; null when nothing is to be added
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

/** Returns the items that a row gives, in the order of their positions. */
export function itemsOfRow(items: ReadonlyMap<number, Values>): Values[] {
  return [...items].toSorted(([one], [other]) => one - other).map(([, item]) => item)
}
