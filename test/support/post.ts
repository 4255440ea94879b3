import { at } from '../../src/testing/answers.ts'
import type { TestApp } from './app.ts'

/** An HTTP response. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Null when the text is not JSON. */
  readonly json: unknown
}

/** Sends a request, with the token of the user `member` unless it has an authorization header. */
export async function sendAs(
  app: Pick<TestApp, 'fetch' | 'as'>,
  path: string,
  init: RequestInit = {},
): Promise<HttpAnswer> {
  const headers = new Headers(init.headers)
  if (!headers.has('authorization')) headers.set('authorization', `Bearer ${app.as('member').token}`)
  const response = await app.fetch(new Request(`http://127.0.0.1${path}`, { ...init, headers }))
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parsed(text) }
}

/** Posts a body to the GraphQL endpoint, as JSON unless it is a text already. */
export function postJson(
  app: Pick<TestApp, 'fetch' | 'as'>,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  return sendAs(app, '/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** Code of the first error of the response. */
export function codeOf({ json }: HttpAnswer): unknown {
  return at(json, 'errors.0.extensions.code')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
