/*
 * A spreadsheet that opens a CSV file takes a cell for a formula when it begins with one of these characters, and may
 * then run what a stranger has written into a field of the API. The full-width forms are treated like the others by
 * programs with East Asian input. Exports put an apostrophe in front of such a cell, and imports take it away.
 */
const FORMULA = /^'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/
/** Numbers and telephone numbers begin with a sign too, and are no formulas. */
const SIGNED_NUMBER = /^[+-]\d+(?:\.\d+)?$/
const ESCAPED = /^'+(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/

/** Returns a cell that no spreadsheet takes for a formula: with an apostrophe in front where it would be one. */
export function escapeFormula(text: string): string {
  return FORMULA.test(text) && !SIGNED_NUMBER.test(text) ? `'${text}` : text
}

/** Returns the text from which `escapeFormula` has made the cell. */
export function unescapeFormula(cell: string): string {
  return ESCAPED.test(cell) ? cell.slice(1) : cell
}
