import { z } from 'zod'
import { setPassword } from '../../src/platform/identity/passwords/passwords.ts'
import type { TestActor } from '../../src/testing/client.ts'
import type { TestApp } from './app.ts'

/** A password that the password rules accept. */
export const PASSWORD = 'tafel wolke zimt 7'

/** The response of an OAuth endpoint. */
export interface FormAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

const jsonObject = z.record(z.string(), z.unknown())

/** Posts a form to an endpoint of the app. */
export async function postForm(
  app: Pick<TestApp, 'fetch'>,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<FormAnswer> {
  const response = await app.fetch(
    new Request(`http://127.0.0.1${path}`, { method: 'POST', body: new URLSearchParams(fields) }),
  )
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text ? jsonObject.parse(JSON.parse(text)) : {} }
}

/** The tokens of a sign-in. */
export interface Tokens {
  readonly access: string
  readonly refresh: string
}

const tokenAnswer = z.object({ access_token: z.string(), refresh_token: z.string() })

/** Returns the tokens of a response. Throws when the request was refused. */
export function tokensOf(answer: FormAnswer): Tokens {
  const parsed = tokenAnswer.safeParse(answer.body)
  if (!parsed.success) throw new Error(`No tokens: ${answer.status} ${JSON.stringify(answer.body)}`)
  return { access: parsed.data.access_token, refresh: parsed.data.refresh_token }
}

/** Signs a user in with `PASSWORD`, which is set first unless `isNew` is false. */
export async function signIn(app: TestApp, { workspaceId, id, email }: TestActor, isNew = true): Promise<Tokens> {
  if (isNew) await setPassword(app.database.ownerPool, { workspaceId, actorId: id }, PASSWORD)
  return tokensOf(await byPassword(app, email))
}

/** Requests a session with a password. */
export function byPassword(app: TestApp, email: string, password = PASSWORD, workspace = 'acme'): Promise<FormAnswer> {
  return postForm(app, '/oauth/token', { grant_type: 'password', workspace, username: email, password })
}

/** Requests new tokens with a refresh token. */
export function refresh(app: Pick<TestApp, 'fetch'>, token: string): Promise<FormAnswer> {
  return postForm(app, '/oauth/token', { grant_type: 'refresh_token', refresh_token: token })
}

/** Sends a query with a credential and returns the HTTP status. */
export async function statusOf(app: TestApp, token: string): Promise<number> {
  return (await app.withCredential(token).query('{ viewer { actor { id } } }')).status
}

/** Audit entries of a user's sign-ins and refused sign-ins, oldest first. */
export async function signInsOf(app: TestApp, { workspaceId, id }: TestActor) {
  const { rows } = await app.database.ownerPool.query<Record<string, unknown>>(
    `select operation::text, type, record_id, version, changes, ip_address, user_agent, request_id from audit_entries
     where workspace_id = $1 and actor_id = $2 and operation::text like 'SIGN%' order by id`,
    [workspaceId, id],
  )
  return rows
}
