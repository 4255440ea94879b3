/** A stream of choices that is the same for the same seed. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  /** A whole number, both ends included. */
  int(least: number, most: number): number
  chance(probability: number): boolean
  /** Throws on an empty list. */
  pick<Item>(list: readonly Item[]): Item
  /** One of the items, as likely as its weight says. Throws on an empty list. */
  weighted<Item>(list: readonly (readonly [Item, number])[]): Item
  /** An index below `length`; the first ones come far more often: a few have much, most have little. */
  skewedIndex(length: number): number
  shuffled<Item>(list: readonly Item[]): Item[]
}

const SKEW = 2.2

/** Starts a stream: mulberry32, 32 bits of state, good enough for data that only has to look plausible. */
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
      let left = next() * list.reduce((sum, [, weight]) => sum + weight, 0)
      const found =
        list.find(([, weight]) => {
          left -= weight
          return left < 0
        }) ?? list.at(-1)
      if (!found) throw new Error('There is nothing to choose from.')
      return found[0]
    },
    skewedIndex: (length) => Math.floor(length * next() ** SKEW),
    shuffled(list) {
      const items = [...list]
      for (let last = items.length - 1; last > 0; last--) {
        const other = index(last + 1)
        const held = itemAt(items, last)
        items[last] = itemAt(items, other)
        items[other] = held
      }
      return items
    },
  }
}

function itemAt<Item>(list: readonly Item[], index: number): Item {
  const item = list[index]
  if (item === undefined) throw new Error('There is nothing to choose from.')
  return item
}
