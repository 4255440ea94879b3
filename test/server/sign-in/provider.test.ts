import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createTestApp, type TestApp } from '../../support/app.ts'
import {
  CLIENT_ID,
  type IdentityProviderServer,
  OTHER_CLIENT_ID,
  startIdentityProvider,
} from '../../support/identity-provider.ts'
import { addProvider, exchange, type IdentitySettings, removeProviders } from '../../support/identity-settings.ts'
import { refresh, signInsOf, statusOf, tokensOf } from '../../support/sign-in.ts'
import { openSocket } from '../../support/socket.ts'

const people: Record<string, Record<string, unknown>> = {
  member: { name: 'Member at Acme', email: 'Member@acme.example', email_verified: true, groups: ['sales'] },
  unverified: { name: 'Mallory', email: 'admin@acme.example', email_verified: false, groups: ['sales'] },
  again: { name: 'Another Member', email: 'member@acme.example', email_verified: true },
  ada: { name: 'Ada Lovelace', email: 'ada@acme.example', email_verified: true, groups: ['sales', 'staff'] },
  nameless: { groups: 'staff' },
}

let provider: IdentityProviderServer
let app: TestApp

beforeAll(async () => {
  provider = await startIdentityProvider(people)
  app = await createTestApp({
    signIn: { trustedIssuers: [provider.issuer] },
  })
})
afterAll(async () => {
  await app.close()
  await provider.stop()
})
beforeEach(() => configure({}))
afterEach(() => removeProviders(app))

function configure(settings: Partial<IdentitySettings>): Promise<string> {
  return addProvider(app, { issuer: provider.issuer, audiences: [CLIENT_ID], ...settings })
}

async function reconfigure(settings: Partial<IdentitySettings>): Promise<string> {
  await removeProviders(app)
  return configure(settings)
}

const viewer = z.object({
  data: z.object({
    viewer: z.object({
      actor: z.object({ id: z.string(), displayName: z.string() }),
      roles: z.array(z.object({ name: z.string() })),
      workspace: z.object({ slug: z.string() }),
    }),
  }),
})

/** The name, roles and workspace of the actor of a credential, or the HTTP status when it is refused. */
async function whoIs(token: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await app
    .withCredential(token)
    .query('{ viewer { actor { id displayName } roles { name } workspace { slug } } }', {}, headers)
  if (answer.status !== 200) return { status: answer.status }
  const { actor, roles, workspace } = viewer.parse(answer).data.viewer
  return { name: actor.displayName, roles: roles.map(({ name }) => name), workspace: workspace.slug }
}

describe('an ID token of the authorization code flow with PKCE', () => {
  test('is a credential of the user who has the verified e-mail address of the token', async () => {
    const token = await provider.idToken('member')
    expect(await whoIs(token)).toEqual({ name: 'Member', roles: ['member'], workspace: 'acme' })
    expect(await whoIs(token)).toMatchObject({ name: 'Member' })
    expect(provider.asked.filter((path) => path.startsWith('/.well-known'))).toHaveLength(1)
  })

  test('creates an audit entry only when it is used for the first time', async () => {
    const { actor } = app.as('member')
    const before = (await signInsOf(app, actor)).length
    const token = await provider.idToken('member')
    await whoIs(token)
    await whoIs(token)
    expect(await signInsOf(app, actor)).toHaveLength(before + 1)
  })

  test('can be exchanged for a session', async () => {
    const answer = await exchange(app, await provider.idToken('member'))
    expect(answer).toMatchObject({
      status: 200,
      body: { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token', token_type: 'Bearer' },
    })
    const tokens = tokensOf(answer)
    expect(await whoIs(tokens.access)).toMatchObject({ name: 'Member' })
    expect(await statusOf(app, tokensOf(await refresh(app, tokens.refresh)).access)).toBe(200)
    expect((await signInsOf(app, app.as('member').actor)).at(-1)).toMatchObject({ operation: 'SIGNED_IN' })
  })

  test('identifies the same user after the e-mail address at the provider changes', async () => {
    await whoIs(await provider.idToken('member'))
    people['member'] = { ...people['member'], email: 'admin@acme.example' }
    expect(await whoIs(await provider.idToken('member'))).toMatchObject({ name: 'Member' })
    people['member'] = { ...people['member'], email: 'member@acme.example' }
  })

  test('is refused when it has the audience of another client', async () => {
    const token = await provider.idToken('member', OTHER_CLIENT_ID)
    expect(await statusOf(app, token)).toBe(401)
    expect((await exchange(app, token)).body).toMatchObject({ error: 'invalid_grant' })
  })

  test('with an unverified e-mail is refused, or creates a user without an e-mail if the provider creates users', async () => {
    const token = await provider.idToken('unverified')
    expect(await statusOf(app, token)).toBe(401)
    await reconfigure({ createsUsers: true, defaultRole: 'read-only' })
    expect(await whoIs(token)).toMatchObject({ name: 'Mallory', roles: ['read-only'] })
    const { rows } = await app.database.ownerPool.query(`select email from actors where display_name = 'Mallory'`)
    expect(rows).toEqual([{ email: null }])
  })

  test('is refused for another subject with the e-mail address of a user who is already linked', async () => {
    await whoIs(await provider.idToken('member'))
    const before = (await signInsOf(app, app.as('member').actor)).length
    expect(await statusOf(app, await provider.idToken('again'))).toBe(401)
    expect((await exchange(app, await provider.idToken('again'))).status).toBe(400)
    const entries = await signInsOf(app, app.as('member').actor)
    expect(entries.slice(before).map((entry) => entry['operation'])).toEqual(['SIGN_IN_REFUSED', 'SIGN_IN_REFUSED'])
  })

  test('is refused while the user is suspended, whether or not the user is already linked to the provider', async () => {
    const { actor } = app.as('member')
    const suspend = (isActive: boolean) =>
      app.database.ownerPool.query('update actors set is_active = $2 where id = $1', [actor.id, isActive])
    const token = await provider.idToken('member')
    await suspend(false)
    expect(await statusOf(app, token)).toBe(401)
    await suspend(true)
    expect(await statusOf(app, token)).toBe(200)
    await suspend(false)
    expect(await statusOf(app, token)).toBe(401)
    expect((await exchange(app, token)).body).toMatchObject({ error: 'invalid_grant' })
    await suspend(true)
  })
})

describe('an identity provider that creates users', () => {
  const settings = {
    createsUsers: true,
    rolesClaim: 'groups',
    roles: { sales: 'member', staff: 'read-only', boss: 'admin' },
  }

  test('creates a user once with the roles of the groups, and writes it to the log', async () => {
    await reconfigure(settings)
    const token = await provider.idToken('ada')
    const answers = await Promise.all(Array.from({ length: 5 }, () => whoIs(token)))
    for (const answer of answers) expect(answer).toMatchObject({ name: 'Ada Lovelace', roles: ['member', 'read-only'] })
    const { rows } = await app.database.ownerPool.query(
      `select c.operation, c.changed_fields from changes c join actors a on a.id = c.record_id where a.email = 'ada@acme.example'`,
    )
    expect(rows).toEqual([{ operation: 'CREATED', changed_fields: ['displayName', 'email', 'roles'] }])
  })

  test('updates the mapped roles at each token exchange and keeps the other roles', async () => {
    await reconfigure({ ...settings, roles: { sales: 'member', boss: 'admin' } })
    await exchange(app, await provider.idToken('ada'))
    await app.database.ownerPool.query(
      `insert into actor_roles (workspace_id, actor_id, role_id)
       select a.workspace_id, a.id, r.id from actors a join roles r on r.workspace_id = a.workspace_id and r.name = 'read-only'
       where a.email = 'ada@acme.example' on conflict do nothing`,
    )
    people['ada'] = { ...people['ada'], groups: ['boss'] }
    const token = await provider.idToken('ada')
    expect(await whoIs(token)).toMatchObject({ roles: ['member', 'read-only'] })
    await exchange(app, token)
    expect(await whoIs(token)).toMatchObject({ roles: ['admin', 'read-only'] })
    people['ada'] = { ...people['ada'], groups: undefined }
    await exchange(app, await provider.idToken('ada'))
    expect(await whoIs(token)).toMatchObject({ roles: ['read-only'] })
    people['ada'] = { ...people['ada'], groups: ['sales', 'staff'] }
    const { rows } = await app.database.ownerPool.query(
      `select changes from audit_entries e join actors a on a.id = e.record_id
       where a.email = 'ada@acme.example' and operation = 'UPDATED' order by e.id`,
    )
    expect(rows.map((row) => row.changes.roles.to)).toEqual([['admin', 'read-only'], ['read-only']])
  })

  test('never removes the admin role from the last administrator', async () => {
    const byGroups = { rolesClaim: 'groups', roles: { sales: 'member', boss: 'admin' } }
    await reconfigure(byGroups)
    people['boss'] = { email: 'admin@acme.example', email_verified: true, groups: ['sales'] }
    const rolesNow = async () =>
      (await whoIs(tokensOf(await exchange(app, await provider.idToken('boss'))).access)).roles
    expect(await rolesNow()).toEqual(['admin', 'member'])
    await app.database.ownerPool.query(
      `insert into actor_roles (workspace_id, actor_id, role_id)
       select a.workspace_id, a.id, r.id from actors a join roles r on r.workspace_id = a.workspace_id and r.name = 'admin'
       where a.email = 'reader@acme.example'`,
    )
    expect(await rolesNow()).toEqual(['member'])
  })

  test('creates no user whose groups give no role, unless there is a default role', async () => {
    await reconfigure({ ...settings, roles: { boss: 'admin' } })
    expect(await statusOf(app, await provider.idToken('nameless'))).toBe(401)
    await reconfigure({ ...settings, roles: { boss: 'admin' }, defaultRole: 'read-only' })
    expect(await whoIs(await provider.idToken('nameless'))).toMatchObject({ name: 'nameless', roles: ['read-only'] })
  })
})

describe('an issuer that several workspaces use', () => {
  test('signs the user in to the workspace that expects the audience of the token', async () => {
    await configure({ workspace: 'globex', audiences: [OTHER_CLIENT_ID], createsUsers: true, defaultRole: 'member' })
    expect(await whoIs(await provider.idToken('member'))).toMatchObject({ workspace: 'acme' })
    expect(await whoIs(await provider.idToken('member', OTHER_CLIENT_ID))).toMatchObject({ workspace: 'globex' })
  })

  test('requires the request to name the workspace when two workspaces expect the same audience', async () => {
    await configure({ workspace: 'globex', createsUsers: true, defaultRole: 'read-only' })
    const token = await provider.idToken('ada')
    expect(await statusOf(app, token)).toBe(401)
    expect((await exchange(app, token)).status).toBe(400)
    expect(await whoIs(token, { 'x-workspace': 'globex' })).toMatchObject({ workspace: 'globex' })
    expect(await whoIs(token, { 'x-workspace': 'elsewhere' })).toEqual({ status: 401 })
    const socket = await openSocket((await app.listen()).webSocketUrl)
    socket.send({ type: 'connection_init', payload: { Authorization: `Bearer ${token}`, 'X-Workspace': 'globex' } })
    expect(await socket.next()).toMatchObject({ type: 'connection_ack' })
    socket.close()
    const { access } = tokensOf(await exchange(app, token, { workspace: 'globex' }))
    expect(await whoIs(access)).toMatchObject({ workspace: 'globex' })
  })
})

describe('an identity provider that is inactive or deleted', () => {
  test('signs nobody in: its tokens and the sessions that began with them are refused immediately', async () => {
    const token = await provider.idToken('member')
    const tokens = tokensOf(await exchange(app, token))
    for (const [off, on] of [
      ['is_active = false', 'is_active = true'],
      ['deleted_at = now()', 'deleted_at = null'],
    ]) {
      await app.database.ownerPool.query(`update identity_providers set ${off}`)
      expect([await statusOf(app, token), await statusOf(app, tokens.access)]).toEqual([401, 401])
      expect((await exchange(app, token)).status).toBe(400)
      expect((await refresh(app, tokens.refresh)).status).toBe(400)
      await app.database.ownerPool.query(`update identity_providers set ${on}`)
      expect([await statusOf(app, token), await statusOf(app, tokens.access)]).toEqual([200, 200])
    }
    await app.database.ownerPool.query(`update identity_providers set audiences = '{elsewhere}'`)
    expect(await statusOf(app, token)).toBe(401)
  })
})
