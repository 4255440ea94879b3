import { type Limits, requireWithin } from './limits.ts'

/**
 * Throws QUERY_TOO_COMPLEX for a document that is too long or nests too deep. It looks at characters only, in a loop: the
 * parser recurses, and would run out of stack.
 */
export function checkText(document: string, limits: Limits): void {
  requireWithin(limits, 'documentLength', document.length)
  requireWithin(limits, 'nesting', deepestBracket(document))
}

/**
 * Throws QUERY_TOO_COMPLEX for the text of a request with more values than its variables may have: making them of the text would
 * take longer than all else.
 */
export function checkBody(body: string, limits: Limits): void {
  // A value takes two characters at least.
  if (body.length > 2 * limits.variableValues) requireWithin(limits, 'variableValues', commasIn(body))
}

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const HASH = 0x23
const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Deepest nesting of brackets outside strings and comments. */
function deepestBracket(text: string): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
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
        at = endOfString(text, at)
        break
      case HASH:
        at = endOfLine(text, at)
        break
    }
  }
  return deepest
}

/** Commas of a JSON text outside its strings. */
function commasIn(text: string): number {
  let commas = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === COMMA) commas++
    else if (code === QUOTE) at = endOfString(text, at)
  }
  return commas
}

/** Index of the last character of the string that begins there. */
function endOfString(text: string, start: number): number {
  const isBlock = text.startsWith('"""', start)
  for (let at = start + (isBlock ? 3 : 1); at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isBlock) {
      if (code === BACKSLASH && text.startsWith('"""', at + 1)) at += 3
      else if (code === QUOTE && text.startsWith('"""', at)) return at + 2
    } else if (code === BACKSLASH) at++
    else if (code === QUOTE || code === NEWLINE || code === CARRIAGE_RETURN) return at
  }
  return text.length
}

function endOfLine(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === NEWLINE || code === CARRIAGE_RETURN) return at
  }
  return text.length
}
