import { z } from 'zod'

/** The checked response of a route, as it is sent and stored. */
export interface RouteAnswer {
  readonly status: number
  /** Headers by name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Null for a response without a body. */
  readonly body: string | null
}

/** Largest body of a response, in bytes. */
const MAX_ANSWER_BYTES = 1_000_000

/** Content types that a browser does not run as a page of this server. */
const CONTENT_TYPE = /^(?:application\/json|text\/plain|application\/xml|text\/xml)(?:; ?charset=utf-8)?$/i

/**
 * Headers that a route may set. Default deny: others would set cookies, allow pages of other sites, or contradict what
 * the server sends itself.
 */
const HEADER = /^(?:content-type|retry-after|x-[a-z0-9-]+|webhook-[a-z0-9-]+)$/
/** Headers of the allowed names that the server sets. */
const RESERVED: ReadonlySet<string> = new Set(['x-request-id', 'x-content-type-options', 'x-frame-options'])
/** Characters of a header's value: visible ASCII, spaces and tabs. No line breaks, which would begin another header. */
const HEADER_VALUE = /^[\x20-\x7e\t]*$/

/** Statuses whose responses have no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

const response = z.strictObject({
  status: z.int().min(200).max(599),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string().regex(HEADER_VALUE, 'is not visible ASCII')).optional(),
})

const storedAnswer = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string().nullable(),
})

/**
 * Checks what a route's code has returned, and returns the response to send.
 * @throws Error that says what is wrong and what is allowed.
 */
export function checkAnswer(returned: unknown): RouteAnswer {
  const parsed = response.safeParse(returned)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${z.core.toDotPath(path) || 'It'}: ${message}`)
    throw new Error(`It did not return { status, body, headers } with a status of 200 to 599. ${problems.join('; ')}`)
  }
  const { status, body, headers = {} } = parsed.data
  for (const name of Object.keys(headers))
    if (!HEADER.test(name) || RESERVED.has(name))
      throw new Error(
        `It set the header ${JSON.stringify(name)}. A route sets content-type, retry-after, and names that begin with x- or webhook-, in lower case.`,
      )
  const contentType = headers['content-type'] ?? defaultType(body)
  if (!CONTENT_TYPE.test(contentType))
    throw new Error(
      `It set the content type ${JSON.stringify(contentType)}. A route sends application/json, text/plain, application/xml or text/xml.`,
    )
  const text = textOf(body)
  if (text === null) return { status, headers: withoutType(headers), body: null }
  if (WITHOUT_BODY.has(status)) throw new Error(`It returned a body with the status ${status}, which has none.`)
  if (Buffer.byteLength(text) > MAX_ANSWER_BYTES)
    throw new Error(`It returned a body of more than ${MAX_ANSWER_BYTES} bytes.`)
  return { status, headers: { ...headers, 'content-type': contentType }, body: text }
}

/** Returns the response that was stored for an idempotency key, as JSON. */
export function parseAnswer(stored: string): RouteAnswer {
  return storedAnswer.parse(JSON.parse(stored))
}

function defaultType(body: unknown): string {
  return typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
}

function textOf(body: unknown): string | null {
  if (body === undefined) return null
  if (typeof body === 'string') {
    // Neither can be stored as JSON in PostgreSQL: a NUL, and half of a surrogate pair.
    if (body.includes('\0')) throw new Error('It returned a body with a NUL character.')
    return body.toWellFormed()
  }
  const json: unknown = JSON.stringify(body)
  // A function and a symbol have no JSON.
  if (typeof json !== 'string') throw new Error(`It returned a ${typeof body} as the body.`)
  return json
}

function withoutType({ 'content-type': _type, ...headers }: Readonly<Record<string, string>>): Record<string, string> {
  return headers
}
