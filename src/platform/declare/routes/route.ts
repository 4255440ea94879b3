import type { z } from 'zod'
import type { PluginContext } from '../plugin-context.ts'
import type { RouteMethod, RouteRequest, RouteResponse } from './request.ts'
import type { Verification } from './verification.ts'

/**
 * Code of a plugin that answers HTTP requests of another system (the sender), such as a webhook of a bank or a shop. It
 * is served at `/plugins/<plugin id>/<slug of the workspace>/<path>` for each workspace that uses the plugin. Any other
 * address is HTTP 404: a plugin that is not in use, an unknown workspace, path or method look alike.
 *
 * After the sender is verified, `handle` runs once in one transaction, as the plugin's own actor with the permissions
 * of the manifest. When it throws or takes more than 5 seconds, everything is rolled back and the response is HTTP 500
 * without details, so that the sender sends the request again.
 */
export interface Route<Body extends z.ZodType = z.ZodType, Header extends string = string> {
  /**
   * `<plugin id>.<name>`. Responses to repeated requests are stored under this name: never change the name of a
   * published route.
   */
  readonly name: string
  readonly description: string
  /**
   * The part of the address after the workspace: lower-case letters, digits and hyphens, with `/` between the segments,
   * such as `payments/refunds`.
   */
  readonly path: string
  /** Default: `['POST']`. */
  readonly methods?: readonly RouteMethod[]
  /** How the sender is verified. Required: `{ scheme: 'none', reason: '…' }` accepts everyone. */
  readonly verify: Verification<Header>
  /** Names of the headers that the code gets, in lower case. Default: none. */
  readonly headers?: readonly Header[]
  /**
   * Schema of the body, which is then parsed as JSON, whatever its content type is. A body that does not match gets
   * HTTP 400 with the paths of the problems. Default: the body is not parsed.
   */
  readonly body?: Body
  /** Largest body in bytes, 1 to 5,000,000. A larger one gets HTTP 413. Default: 1,000,000. */
  readonly maxBodyBytes?: number
  /**
   * Returns what names the sender's message, such as the id of an event: the same text whenever the same message is
   * sent again. For 30 days such a request gets the stored response and does not run `handle`; of two requests at the
   * same time one waits for the other. Only responses with a status below 400 are stored. Null for a request that is
   * handled each time. Default: each request is handled.
   */
  idempotencyKey?(request: RouteRequest<z.infer<Body>, Header>): string | null
  /**
   * Handles one request, in at most 5 seconds. Enqueue a job for what may take longer. Everything but the database may
   * happen more than once, because a sender repeats requests. A write of `records` that is refused does not throw: check
   * its `userErrors`.
   */
  handle(request: RouteRequest<z.infer<Body>, Header>, context: PluginContext): RouteResponse | Promise<RouteResponse>
}

/**
 * Declares an HTTP route, for `routes` of a plugin. `handle` gets the body typed by the schema, and the headers by their
 * names.
 */
export function defineRoute<Body extends z.ZodType = z.ZodUndefined, Header extends string = never>(
  route: Route<Body, Header>,
): Route {
  return route
}
