import { type Limits, requireWithin } from './limits.ts'

/**
 * Throws QUERY_TOO_COMPLEX when a document is too long or too deeply nested. This has to be checked before parsing,
 * because the parser is recursive and would overflow the stack.
 */
export function checkText(document: string, limits: Limits): void {
  requireWithin(limits, 'documentLength', document.length)
  requireWithin(limits, 'nesting', deepestBracket(document))
}

/**
 * Throws QUERY_TOO_COMPLEX when the text of a request body contains more values than variables may have. This is
 * checked before the JSON is parsed, because parsing takes longer than all other steps.
 */
export function checkBody(body: string, limits: Limits): void {
  // Each value takes at least two characters, so a short body needs no scan.
  if (body.length > 2 * limits.variableValues) requireWithin(limits, 'variableValues', commasIn(body))
}

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const HASH = 0x23
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Returns the deepest nesting of brackets outside strings and comments, of a document or a JSON text. */
export function deepestBracket(text: string): number {
  let depth = 0
  let deepest = 0
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case 0x28: // (
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > deepest) deepest = depth
        break
      case 0x29: // )
      case 0x5d: // ]
      case 0x7d: // }
        depth--
        break
      case QUOTE:
        index = endOfString(text, index)
        break
      case HASH:
        index = endOfLine(text, index)
        break
    }
  }
  return deepest
}

/** Returns the number of commas outside the strings of a JSON text. */
function commasIn(text: string): number {
  let commas = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === COMMA) commas++
    else if (code === QUOTE) index = endOfString(text, index)
  }
  return commas
}

/** Returns the index of the last character of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  const isBlock = text.startsWith('"""', start)
  for (let index = start + (isBlock ? 3 : 1); index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (isBlock) {
      if (code === BACKSLASH && text.startsWith('"""', index + 1)) index += 3
      else if (code === QUOTE && text.startsWith('"""', index)) return index + 2
    } else if (code === BACKSLASH) index++
    else if (code === QUOTE || code === NEWLINE || code === CARRIAGE_RETURN) return index
  }
  return text.length
}

/** Returns the index of the line break that ends the line, or the length of the text. */
function endOfLine(text: string, start: number): number {
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === NEWLINE || code === CARRIAGE_RETURN) return index
  }
  return text.length
}
