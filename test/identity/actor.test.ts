import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createUser } from '../../src/modules/workspaces/create-user.ts'
import { createWorkspace } from '../../src/modules/workspaces/provision.ts'
import { createApiKey } from '../../src/platform/identity/api-keys.ts'
import { type Authenticator, createAuthenticator } from '../../src/platform/identity/authenticate.ts'
import { AuthenticationError } from '../../src/platform/identity/identity-errors.ts'
import { openSigningKeys, type SigningKeys } from '../../src/platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../../src/platform/identity/sessions/tokens.ts'
import { can } from '../../src/platform/permissions/grants.ts'
import { type AccessDatabase, createAccessDatabase } from './access-database.ts'

let database: AccessDatabase
let keys: SigningKeys
let authenticator: Authenticator
let workspaceId: string
let adminId: string

beforeAll(async () => {
  database = await createAccessDatabase()
  keys = await openSigningKeys(database.ownerPool)
  authenticator = createAuthenticator(database.ownerPool, keys)
})
afterAll(() => database.drop())
beforeEach(async () => {
  vi.restoreAllMocks()
  const slug = `w${randomUUID()}`
  ;({ workspaceId, adminId } = await createWorkspace(database.ownerPool, { slug, adminEmail: 'ada@acme.example' }))
})

async function bearer(actorId: string, workspace = workspaceId, expiresInSeconds = 900): Promise<string> {
  return `Bearer ${await issueToken(keys, { workspaceId: workspace, actorId, expiresInSeconds })}`
}

async function refusal(authorization: string | null): Promise<AuthenticationError> {
  const error = await authenticator.authenticate(authorization).catch((thrown: unknown) => thrown)
  if (!(error instanceof AuthenticationError)) throw new Error('The credential was accepted.')
  return error
}

/** Runs a statement as the owner and asserts that it changed rows; `$1` is the workspace. */
async function change(statement: string, ...values: unknown[]): Promise<void> {
  const { rowCount } = await database.ownerPool.query(statement, [workspaceId, ...values])
  expect(rowCount).toBeGreaterThan(0)
}

describe('an access token', () => {
  test('identifies the user, with roles and permissions', async () => {
    const actor = await authenticator.authenticate(await bearer(adminId))
    expect(actor).toMatchObject({ id: adminId, kind: 'USER', displayName: 'ada', workspaceId, roles: ['admin'] })
    expect(actor.permissions).toEqual(new Set(['*:*']))
    expect(actor.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 890_000)
  })

  test('gives the permissions of all roles of the user', async () => {
    const user = { workspaceId, email: 'max@acme.example', displayName: 'Max', roleName: 'read-only' }
    const actorId = await createUser(database.ownerPool, user)
    await change(
      `insert into actor_roles (workspace_id, actor_id, role_id)
       select $1, $2, id from roles where workspace_id = $1 and name = 'member'`,
      actorId,
    )
    const actor = await authenticator.authenticate(await bearer(actorId))
    expect(actor.roles).toEqual(['member', 'read-only'])
    expect(can(actor, 'account:create')).toBe(true)
    expect(can(actor, 'user:create')).toBe(false)
  })

  test('gives the rights that the user has now, and is refused while the user is suspended', async () => {
    const token = await bearer(adminId)
    await change(`update roles set permissions = '{account:read}' where workspace_id = $1 and name = 'admin'`)
    expect((await authenticator.authenticate(token)).permissions).toEqual(new Set(['account:read']))
    await change('delete from actor_roles where workspace_id = $1 and actor_id = $2', adminId)
    expect(await authenticator.authenticate(token)).toMatchObject({ roles: [], permissions: new Set() })
    await change('update actors set is_active = false where workspace_id = $1 and id = $2', adminId)
    expect((await refusal(token)).reason).toContain('suspended')
    await change('update actors set is_active = true where workspace_id = $1 and id = $2', adminId)
    await expect(authenticator.authenticate(token)).resolves.toMatchObject({ id: adminId })
  })

  test('is refused when its actor or workspace does not exist', async () => {
    expect((await refusal(await bearer(randomUUID()))).reason).toContain('no actor')
    expect((await refusal(await bearer(adminId, randomUUID()))).reason).toContain('no actor')
  })

  test('is refused when its actor belongs to another workspace than the token names', async () => {
    const other = await createWorkspace(database.ownerPool, {
      slug: `o${randomUUID()}`,
      adminEmail: 'ada@acme.example',
    })
    expect((await refusal(await bearer(adminId, other.workspaceId))).reason).toContain('no actor')
    expect((await refusal(await bearer(other.adminId))).reason).toContain('no actor')
  })

  test('is refused when it has expired', async () => {
    const token = await bearer(adminId, workspaceId, 1)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7_000 })
    const error = await refusal(token)
    vi.useRealTimers()
    expect(error.reason).toContain('ERR_JWT_EXPIRED (exp)')
  })
})

describe('an API key', () => {
  const key = { name: 'Shop import', roleName: 'member' }

  test('acts as an actor of its own, and is stored only as a hash', async () => {
    const { actorId, secret } = await createApiKey(database.ownerPool, { ...key, workspaceId })
    expect(secret).toMatch(/^rpk_[\w-]{43}$/)
    const actor = await authenticator.authenticate(`Bearer ${secret}`)
    expect(actor).toMatchObject({
      id: actorId,
      kind: 'API_KEY',
      displayName: 'Shop import',
      workspaceId,
      roles: ['member'],
      expiresAt: null,
    })
    const { rows } = await database.ownerPool.query('select to_jsonb(actors) as actor from actors where id = $1', [
      actorId,
    ])
    expect(JSON.stringify(rows)).not.toContain(secret.slice(4))
    expect(rows[0]?.actor).toMatchObject({ email: null, key_hash: createHash('sha256').update(secret).digest('hex') })
  })

  test('reports when it expires, and is refused afterwards', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000)
    const { actorId, secret } = await createApiKey(database.ownerPool, { ...key, workspaceId, expiresAt })
    expect((await authenticator.authenticate(`Bearer ${secret}`)).expiresAt).toEqual(expiresAt)
    await change(`update actors set expires_at = now() - interval '1 ms' where workspace_id = $1 and id = $2`, actorId)
    expect((await refusal(`Bearer ${secret}`)).reason).toContain('expired at')
    expect((await refusal(await bearer(actorId))).reason).toContain('expired at')
  })

  test('limits the lifetime of an access token that was issued for the key', async () => {
    const expiresAt = new Date(Date.now() + 60_000)
    const { actorId } = await createApiKey(database.ownerPool, { ...key, workspaceId, expiresAt })
    expect((await authenticator.authenticate(await bearer(actorId))).expiresAt).toEqual(expiresAt)
  })

  test('is refused when it is suspended or deleted', async () => {
    const { actorId, secret } = await createApiKey(database.ownerPool, { ...key, workspaceId })
    await change('update actors set is_active = false where workspace_id = $1 and id = $2', actorId)
    expect((await refusal(`Bearer ${secret}`)).reason).toContain('suspended')
    await change('delete from actors where workspace_id = $1 and id = $2', actorId)
    expect((await refusal(`Bearer ${secret}`)).reason).toContain('no actor')
  })

  test('is refused when the credential is a hash, a part or a longer copy of its secret', async () => {
    const { secret } = await createApiKey(database.ownerPool, { ...key, workspaceId })
    const hash = createHash('sha256').update(secret).digest('hex')
    for (const wrong of [
      hash,
      `rpk_${hash}`,
      secret.slice(4),
      secret.slice(0, -1),
      `${secret}A`,
      `rpk_${'A'.repeat(43)}`,
      'rpk_',
    ]) {
      await refusal(`Bearer ${wrong}`)
    }
  })

  test.each([
    ['an unknown role', { roleName: 'owner' }, 'ROLE_UNKNOWN', /admin, member, read-only/],
    ['an unknown workspace', { workspaceId: randomUUID() }, 'WORKSPACE_UNKNOWN', /no workspace/],
    ['an empty name', { name: ' ' }, 'NAME_INVALID', /1 to 200/],
    ['a past expiry', { expiresAt: new Date(Date.now() - 1) }, 'EXPIRY_PAST', /future/],
    ['an expiry that is not a date', { expiresAt: new Date(Number.NaN) }, 'EXPIRY_PAST', /future/],
  ])('is not created with %s', async (_, given, code, message) => {
    const made = createApiKey(database.ownerPool, { ...key, workspaceId, ...given })
    await expect(made).rejects.toMatchObject({
      name: 'ProvisioningError',
      code,
      message: expect.stringMatching(message),
    })
  })
})

describe('the Authorization header', () => {
  test.each([
    null,
    '',
    'Bearer',
    'Bearer ',
    'Basic YWRhOmFkYQ==',
    'token',
    'Bearer a b',
    'Bearer\ta',
    'Bearer rpk_x\n',
  ])('is refused with the message that authentication is required: %j', async (header) => {
    expect((await refusal(header)).message).toMatch(/^Authentication is required/)
  })

  test('may name the scheme Bearer in any letter case', async () => {
    const token = (await bearer(adminId)).slice('Bearer '.length)
    await expect(authenticator.authenticate(`bearer  ${token}`)).resolves.toMatchObject({ id: adminId })
  })

  test('is refused with one and the same message, whatever is wrong with the credential', async () => {
    const suspended = await createApiKey(database.ownerPool, { workspaceId, name: 'x', roleName: 'member' })
    await change('update actors set is_active = false where workspace_id = $1 and id = $2', suspended.actorId)
    const credentials = [
      `Bearer ${suspended.secret}`,
      `Bearer rpk_${'A'.repeat(43)}`,
      'Bearer rpk_',
      'Bearer x',
      await bearer(randomUUID()),
    ]
    const errors = await Promise.all(credentials.map(refusal))
    expect(new Set(errors.map((error) => error.message))).toEqual(
      new Set(['The credential is not valid or has expired.']),
    )
    expect(new Set(errors.map((error) => error.reason)).size).toBeGreaterThan(3)
  })

  test.each(['a'.repeat(1_000_000), `rpk_${'a'.repeat(1_000_000)}`, ' '.repeat(1_000_000)])(
    'is refused when it is a megabyte long',
    async (credential) => {
      expect((await refusal(`Bearer ${credential}`)).reason.length).toBeLessThan(200)
    },
  )
})
