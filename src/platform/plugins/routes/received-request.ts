import type { RouteRequest, SentRequest } from '../../declare/routes/request.ts'
import { runWithTimeLimit } from '../../sandbox/time-limit.ts'
import type { FoundRoute } from './find-route.ts'
import type { SignedMessage } from './signatures.ts'

/** A request to a route, with its whole body in memory. */
export interface ReceivedRequest extends SignedMessage {
  readonly query: URLSearchParams
}

/** A problem of a body that does not match the schema of its route. */
export interface BodyProblem {
  /** Path in the body; empty for the body itself. */
  readonly path: readonly string[]
  readonly message: string
}

/** Thrown for a body that is not JSON or does not match the schema. Nothing is wrong with the plugin. */
export class InvalidBody extends Error {
  readonly problems: readonly BodyProblem[]

  constructor(problems: readonly BodyProblem[]) {
    super('The body does not match the schema of the route.')
    this.problems = problems
  }
}

/** Milliseconds for code of a schema, such as `refine`. */
const PARSE_BUDGET_MS = 1_000

/** Returns a request as a plugin gets it. Each call returns new objects, because the plugin's code may change them. */
export function sentRequest({ route, method }: FoundRoute, received: ReceivedRequest): SentRequest {
  return {
    method,
    path: route.path,
    query: new URLSearchParams(received.query),
    headers: Object.fromEntries((route.headers ?? []).map((name) => [name, received.header(name)])),
    bytes: new Uint8Array(received.bytes),
    text: textOf(received),
  }
}

/**
 * Returns a request with the body that the route's schema has parsed.
 * @throws InvalidBody when the body does not match; PluginFailedError when code of the schema throws or takes too long.
 */
export async function parsedRequest(found: FoundRoute, received: ReceivedRequest): Promise<RouteRequest> {
  const { plugin, route } = found
  const request = sentRequest(found, received)
  const schema = route.body
  if (!schema) return { ...request, body: undefined }
  const json = parseJson(request.text)
  const part = { plugin: plugin.id, name: route.name }
  const parsed = await runWithTimeLimit(part, PARSE_BUDGET_MS, () => schema.safeParse(json))
  if (parsed.success) return { ...request, body: parsed.data }
  throw new InvalidBody(parsed.error.issues.map(({ path, message }) => ({ path: path.map(String), message })))
}

/** Returns the body as text. */
export function textOf({ bytes }: Pick<ReceivedRequest, 'bytes'>): string {
  return new TextDecoder().decode(bytes)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidBody([{ path: [], message: 'The body is not valid JSON.' }])
  }
}
