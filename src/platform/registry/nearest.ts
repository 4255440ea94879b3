/** The known name that a mistyped one most likely stands for; null where none is alike. Case does not count. */
export function nearest(text: string, known: readonly string[]): string | null {
  const [best] = known
    .map((name) => ({ name, edits: editsBetween(text.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.edits - b.edits)
  return best?.name ?? null
}

/** Damerau's distance (optimal string alignment): how many characters to put in, take out, exchange, or swap with the next. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  let above: readonly number[] = []
  for (const [i, character] of [...from].entries()) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++) {
      const exchanged = (row[j] ?? 0) + (character === to[j] ? 0 : 1)
      const isSwapped = i > 0 && j > 0 && character === to[j - 1] && from[i - 1] === to[j]
      const swapped = isSwapped ? (above[j - 1] ?? 0) + 1 : exchanged
      next.push(Math.min(exchanged, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    above = row
    row = next
  }
  return row[to.length] ?? 0
}
