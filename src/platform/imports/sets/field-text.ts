const COLUMN = /\{([^{}|]+)(?:\|([^{}]*))?\}/g

/** A text with names of columns in braces. */
export interface FieldText {
  readonly columns: readonly string[]
  /** Returns the text with the cells of a row; empty when all the cells are empty. */
  fill(cellOf: (column: string) => string): string
}

/** Parses a text such as `{product} for {account}`, or returns what is wrong with it. */
export function parseFieldText(text: string): FieldText | { readonly problem: string } {
  const parts = [...text.matchAll(COLUMN)]
  const unknown = parts.find(([, , filter]) => filter !== undefined && filter !== 'dotted')
  if (unknown) return { problem: `${unknown[0]}: the only filter is dotted.` }
  if (parts.length === 0) return { problem: 'It names no column. For a text that is always the same, give `constant`.' }
  const columns = [...new Set(parts.map(([, column = '']) => column))]
  return {
    columns,
    fill: (cellOf) =>
      columns.every((column) => cellOf(column) === '')
        ? ''
        : text.replaceAll(COLUMN, (_, column: string, filter?: string) =>
            filter === 'dotted' ? dotted(cellOf(column)) : cellOf(column),
          ),
  }
}

/** Returns a name in lower-case ASCII letters and digits, with a dot between its parts: `Zoë Mc-Kay` as `zoe.mc.kay`. */
function dotted(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '.')
    .replaceAll(/^\.|\.$/g, '')
}
