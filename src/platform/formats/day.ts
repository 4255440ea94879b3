const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * Returns the calendar day of an instant in a time zone, such as `2026-01-31`.
 * @param timeZone name of the IANA database, such as `Europe/Berlin`
 * @throws RangeError for a name that the database does not have
 */
export function dayIn(timeZone: string, instant: Date): string {
  let format = formats.get(timeZone)
  if (!format) {
    // Canada writes dates in the form of ISO 8601.
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(timeZone, format)
  }
  return format.format(instant)
}

/** Returns the calendar day of an instant in UTC, such as `2026-01-31`. */
export function utcDay(instant: Date): string {
  return instant.toISOString().slice(0, 10)
}
