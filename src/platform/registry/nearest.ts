/**
 * Returns the name that a misspelt text most likely means, ignoring upper and lower case: the name from which the text
 * differs by the fewest edits (see `editsBetween`). Null when every name needs more edits than a third of its length;
 * one edit is always allowed.
 */
export function nearest(text: string, names: readonly string[]): string | null {
  const [best] = names
    .map((name) => ({ name, edits: editsBetween(text.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.edits - b.edits)
  return best?.name ?? null
}

/**
 * Returns the number of edits that turn one text into the other: characters that are inserted, deleted, replaced, or
 * swapped with the next character (the Damerau distance with optimal string alignment).
 */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  let above: readonly number[] = []
  for (const [i, character] of [...from].entries()) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++) {
      const replaced = (row[j] ?? 0) + (character === to[j] ? 0 : 1)
      const isSwapped = i > 0 && j > 0 && character === to[j - 1] && from[i - 1] === to[j]
      const swapped = isSwapped ? (above[j - 1] ?? 0) + 1 : replaced
      next.push(Math.min(replaced, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    above = row
    row = next
  }
  return row[to.length] ?? 0
}
