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

/** Whether a text says where year, month and day are, each once, and uses no other letters: `MM/DD/YYYY`. */
export function isFormat(format: string): boolean {
  const tokens: readonly string[] = format.match(TOKEN) ?? []
  const isOnce = new Set(tokens).size === tokens.length
  return isOnce && DATE_TOKENS.every((token) => tokens.includes(token)) && !/[a-z]/i.test(format.replaceAll(TOKEN, ''))
}

/** Days and months may have one digit where the format has two. Answers null for what doesn't fit or is no day. */
export function readDay(text: string, format: string): string | null {
  return readInstant(text, format)?.toISOString().slice(0, 10) ?? null
}

/** The same with a time of day, in UTC; midnight where the format has none. */
export function readInstant(text: string, format: string): Date | null {
  const groups = patternOf(format).exec(text)?.groups
  if (!groups) return null
  const part = (name: string) => Number(groups[name] ?? 0)
  const at = new Date(
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')),
  )
  // February 30 would be March 2.
  const isReal =
    at.getUTCFullYear() === part('year') &&
    at.getUTCMonth() === part('month') - 1 &&
    at.getUTCDate() === part('day') &&
    at.getUTCHours() === part('hour')
  return isReal && part('minute') < 60 && part('second') < 60 ? at : null
}

function patternOf(format: string): RegExp {
  const escaped = format.replaceAll(/[^A-Za-z0-9\s]/g, String.raw`\$&`)
  return new RegExp(`^${escaped.replaceAll(TOKEN, (token) => `(?<${TOKENS[token]?.name}>${TOKENS[token]?.pattern})`)}$`)
}
