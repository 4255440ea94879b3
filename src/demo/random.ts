/** A pseudo-random generator. The same seed gives the same sequence of results. */
export interface Random {
  /** Returns a number from 0 up to, but not including, 1. */
  next(): number
  /** Returns a whole number from `least` to `most`, both included. */
  int(least: number, most: number): number
  /** Returns true with the given probability, from 0 to 1. */
  chance(probability: number): boolean
  /** Returns one item of the list, each with the same probability. Throws an Error when the list is empty. */
  pick<Item>(list: readonly Item[]): Item
  /**
   * Returns one of the items, with a probability in proportion to its weight. Throws an Error when the list is empty.
   */
  weighted<Item>(list: readonly (readonly [Item, number])[]): Item
  /**
   * Returns an index from 0 up to, but not including, `length`. The first indexes are far more likely, so that a few
   * records, such as accounts, get most of the records that refer to them.
   */
  skewedIndex(length: number): number
  /** Returns the items in random order. */
  shuffled<Item>(list: readonly Item[]): Item[]
}

const SKEW = 2.2

/**
 * Creates a generator with the algorithm mulberry32. Its 32 bits of state are good enough for data that only has to
 * look plausible.
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
  const index = (length: number) => Math.floor(next() * length)
  return {
    next,
    int: (least, most) => least + index(most - least + 1),
    chance: (probability) => next() < probability,
    pick: (list) => itemAt(list, index(list.length)),
    weighted(list) {
      let remaining = next() * list.reduce((sum, [, weight]) => sum + weight, 0)
      const chosen =
        list.find(([, weight]) => {
          remaining -= weight
          return remaining < 0
        }) ?? list.at(-1)
      if (!chosen) throw new Error('The list to choose from is empty.')
      return chosen[0]
    },
    skewedIndex: (length) => Math.floor(length * next() ** SKEW),
    shuffled(list) {
      const items = [...list]
      for (let last = items.length - 1; last > 0; last--) {
        const other = index(last + 1)
        const item = itemAt(items, last)
        items[last] = itemAt(items, other)
        items[other] = item
      }
      return items
    },
  }
}

function itemAt<Item>(list: readonly Item[], index: number): Item {
  const item = list[index]
  if (item === undefined) throw new Error('The list to choose from is empty.')
  return item
}
