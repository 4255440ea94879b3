import type { Values } from '../declare/rules/values.ts'
import type { Registry } from '../registry/object-type.ts'
import type { ItemsSpec } from '../writes/input/input-specs.ts'
import { parseInput } from '../writes/input/parse.ts'
import { snapshotOf } from '../writes/rows/snapshot.ts'

/**
 * The parts of a record with those of a row added: what a file doesn't know of is not lost. A part is there already when
 * one has all the values that the row gives. Answers null when nothing is to be added.
 */
export function mergeItems(
  registry: Registry,
  spec: ItemsSpec,
  existing: readonly Values[],
  given: readonly Values[],
): readonly Values[] | null {
  const present = existing.map((part) => snapshotOf(registry, spec.specs, part, new Map()))
  const added = given.filter((part) => {
    const wanted = snapshotOf(registry, spec.specs, parseInput(registry, spec.specs, part, []).values, new Map())
    return !present.some((each) =>
      Object.keys(part).every((field) => JSON.stringify(each[field]) === JSON.stringify(wanted[field])),
    )
  })
  return added.length === 0 ? null : [...present, ...added]
}

/** The parts that a row gives, in order. */
export function itemsOfRow(parts: ReadonlyMap<number, Values>): Values[] {
  return [...parts].toSorted(([one], [other]) => one - other).map(([, part]) => part)
}
