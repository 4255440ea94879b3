/** HTTP methods that a route can have. */
export const ROUTE_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

export type RouteMethod = (typeof ROUTE_METHODS)[number]

/** A request to a route, as it was sent. */
export interface SentRequest<Header extends string = string> {
  readonly method: RouteMethod
  /** Path of the route, as it is declared. */
  readonly path: string
  /** The query parameters of the URL. */
  readonly query: URLSearchParams
  /** The headers that the route names under `headers`; null for a header that was not sent. */
  readonly headers: Readonly<Record<Header, string | null>>
  /** The raw body; empty without a body. */
  readonly bytes: Uint8Array
  /** The raw body as UTF-8 text. A form can be read by `new URLSearchParams(text)`. */
  readonly text: string
}

/** A request to a route whose sender is verified and whose body matches the schema. */
export interface RouteRequest<Body = unknown, Header extends string = string> extends SentRequest<Header> {
  /** The parsed JSON body, with the defaults of the schema; undefined when the route declares no schema. */
  readonly body: Body
}

/** The response to a request. */
export interface RouteResponse {
  /**
   * HTTP status, 200 to 599. With a status below 400 the transaction is committed. With 400 and above everything that
   * the code wrote is rolled back, and a request that is sent again runs the code again.
   */
  readonly status: number
  /** A text, or any other value, which is sent as JSON. At most 1,000,000 bytes. Default: no body. */
  readonly body?: unknown
  /**
   * Headers, by name in lower case: `content-type` (`application/json`, `text/plain`, `application/xml` or `text/xml`),
   * `retry-after`, and names that begin with `x-` or `webhook-`. Default: the content type of the body.
   */
  readonly headers?: Readonly<Record<string, string>>
}
