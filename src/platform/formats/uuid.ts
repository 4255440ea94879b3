const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether a text is a uuid in the form that PostgreSQL writes: 36 characters, in lower case. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}
