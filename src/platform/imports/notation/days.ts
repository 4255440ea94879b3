const TOKENS: Readonly<Record<string, { readonly name: string; readonly pattern: string }>> = {
  YYYY: { name: 'year', pattern: '\\d{4}' },
  MM: { name: 'month', pattern: '\\d{1,2}' },
  DD: { name: 'day', pattern: '\\d{1,2}' },
  HH: { name: 'hour', pattern: '\\d{1,2}' },
  mm: { name: 'minute', pattern: '\\d{1,2}' },
  ss: { name: 'second', pattern: '\\d{1,2}' },
}
const TOKEN = /YYYY|MM|DD|HH|mm|ss/g
const DATE_TOKENS = ['YYYY', 'MM', 'DD'] as const

/**
 * Whether a text is a format of dates or times, such as `MM/DD/YYYY`. It has to contain year, month and day, each token
 * at most once, and no other letters.
 */
export function isFormat(format: string): boolean {
  const tokens: readonly string[] = format.match(TOKEN) ?? []
  const isOnce = new Set(tokens).size === tokens.length
  return isOnce && DATE_TOKENS.every((token) => tokens.includes(token)) && !/[a-z]/i.test(format.replaceAll(TOKEN, ''))
}

/**
 * Parses a date in a format and returns it as `YYYY-MM-DD`. Null when the text is not in the format or the date does
 * not exist. Day and month may be written with one digit, such as 3/7/2026 for `MM/DD/YYYY`.
 */
export function readDay(text: string, format: string): string | null {
  return readInstant(text, format)?.toISOString().slice(0, 10) ?? null
}

/** Parses a date and time in UTC, as `readDay` parses a date. Without a time in the format, returns midnight. */
export function readInstant(text: string, format: string): Date | null {
  const groups = patternOf(format).exec(text)?.groups
  if (!groups) return null
  const numberOf = (name: string) => Number(groups[name] ?? 0)
  const at = new Date(
    Date.UTC(
      numberOf('year'),
      numberOf('month') - 1,
      numberOf('day'),
      numberOf('hour'),
      numberOf('minute'),
      numberOf('second'),
    ),
  )
  // `Date.UTC` accepts a date that does not exist: it turns February 30 into March 2.
  const exists =
    at.getUTCFullYear() === numberOf('year') &&
    at.getUTCMonth() === numberOf('month') - 1 &&
    at.getUTCDate() === numberOf('day') &&
    at.getUTCHours() === numberOf('hour')
  return exists && numberOf('minute') < 60 && numberOf('second') < 60 ? at : null
}

function patternOf(format: string): RegExp {
  const escaped = format.replaceAll(/[^A-Za-z0-9\s]/g, String.raw`\$&`)
  return new RegExp(`^${escaped.replaceAll(TOKEN, (token) => `(?<${TOKENS[token]?.name}>${TOKENS[token]?.pattern})`)}$`)
}
