import type { App } from '../app.ts'
import type { RouteMethod } from '../platform/declare/routes/request.ts'
import type { TestWorkspace } from './server.ts'

/** A request to a route of a plugin. */
export interface RouteTestRequest {
  /** Default: `acme`. */
  readonly workspace?: TestWorkspace
  /** Default: the first method of the route. */
  readonly method?: RouteMethod
  /** The body, exactly as it is sent. Default: no body. */
  readonly body?: string | Uint8Array<ArrayBuffer>
  /** For the headers of a signature see `signBody`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
}

/** The response of a route. */
export interface RouteTestResponse {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed body; null when it is not JSON. */
  readonly json: unknown
}

/**
 * Sends a request to a route of a loaded plugin.
 * @throws Error when no loaded plugin has a route of this name.
 */
export async function sendToRoute(
  { fetch, host }: Pick<App, 'fetch' | 'host'>,
  name: string,
  { workspace = 'acme', method, body, headers = {}, query = {} }: RouteTestRequest,
): Promise<RouteTestResponse> {
  const routes = host.loaded.flatMap(({ plugin }) =>
    (plugin.routes ?? []).map((route) => ({ plugin: plugin.id, route })),
  )
  const found = routes.find(({ route }) => route.name === name)
  if (!found)
    throw new Error(
      `No loaded plugin has a route ${name}. The routes are: ${routes.map(({ route }) => route.name).join(', ') || 'none'}.`,
    )
  const { plugin, route } = found
  const url = new URL(`http://127.0.0.1/plugins/${plugin}/${workspace}/${route.path}`)
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
  const init = { method: method ?? route.methods?.[0] ?? 'POST', headers, ...(body === undefined ? {} : { body }) }
  const response = await fetch(new Request(url, init))
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parseJson(text) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
