import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createUser } from '../../src/modules/workspaces/create-user.ts'
import { findActorByEmail } from '../../src/modules/workspaces/find-users.ts'
import { createWorkspace, provisionDemo } from '../../src/modules/workspaces/provision.ts'
import { type AccessDatabase, createAccessDatabase } from './access-database.ts'

const UUID_V7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

let database: AccessDatabase

beforeAll(async () => {
  database = await createAccessDatabase()
})
afterAll(() => database.drop())

function newSlug(): string {
  return `w${randomUUID()}`
}

describe('creating a workspace', () => {
  test('creates the workspace, its first roles and its first administrator', async () => {
    const slug = newSlug()
    const made = await createWorkspace(database.ownerPool, {
      slug,
      name: ' Acme Inc. ',
      adminEmail: ' Ada@ACME.example ',
    })
    expect(made.workspaceId).toMatch(UUID_V7)
    expect(made.adminId).toMatch(UUID_V7)
    const { rows } = await database.ownerPool.query(
      `select w.slug, w.name, a.email, a.kind, a.display_name,
              (select array_agg(name order by name) from roles where workspace_id = w.id) as roles,
              (select array_agg(r.name) from actor_roles ar join roles r on r.workspace_id = ar.workspace_id and r.id = ar.role_id
               where ar.workspace_id = w.id and ar.actor_id = a.id) as admin_roles
       from workspaces w join actors a on a.workspace_id = w.id where w.id = $1`,
      [made.workspaceId],
    )
    expect(rows).toEqual([
      {
        slug,
        name: 'Acme Inc.',
        email: 'ada@acme.example',
        kind: 'USER',
        display_name: 'ada',
        roles: ['admin', 'member', 'read-only'],
        admin_roles: ['admin'],
      },
    ])
  })

  test('refuses a slug that is taken, and then writes nothing', async () => {
    const slug = newSlug()
    await createWorkspace(database.ownerPool, { slug, adminEmail: 'ada@acme.example' })
    const before = await counts()
    await expect(createWorkspace(database.ownerPool, { slug, adminEmail: 'max@acme.example' })).rejects.toMatchObject({
      code: 'SLUG_TAKEN',
      message: expect.stringContaining(slug),
    })
    expect(await counts()).toEqual(before)
  })

  test('creates one workspace when five with the same slug are created at once', async () => {
    const slug = newSlug()
    const made = await Promise.allSettled(
      Array.from({ length: 5 }, () => createWorkspace(database.ownerPool, { slug, adminEmail: 'ada@acme.example' })),
    )
    expect(made.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    for (const result of made)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'SLUG_TAKEN' })
  })

  test.each([
    '',
    'a',
    'A-b',
    '1acme',
    '-acme',
    'acme_inc',
    'acme inc',
    'ümlaut',
    'a'.repeat(64),
    'acme\n',
    'acme\0',
    '../etc',
  ])('refuses the slug %j', async (slug) => {
    const before = await counts()
    const making = createWorkspace(database.ownerPool, { slug, adminEmail: 'ada@acme.example' })
    await expect(making).rejects.toMatchObject({ code: 'SLUG_INVALID', message: expect.stringContaining('2 to 63') })
    expect(await counts()).toEqual(before)
  })

  test.each(['ab', 'acme-2', `a${'-'.repeat(62)}`])('accepts the slug %j', async (slug) => {
    await expect(createWorkspace(database.ownerPool, { slug, adminEmail: 'ada@acme.example' })).resolves.toBeDefined()
  })

  test.each([
    '',
    'ada',
    'ada@',
    '@acme.example',
    'ada@acme',
    'a b@acme.example',
    `${'a'.repeat(250)}@acme.example`,
    'ada@acme.example\0',
  ])('refuses the e-mail address %j for the first administrator', async (adminEmail) => {
    const making = createWorkspace(database.ownerPool, { slug: newSlug(), adminEmail })
    await expect(making).rejects.toMatchObject({ name: 'ProvisioningError', code: 'EMAIL_INVALID' })
  })

  test.each([' ', 'x'.repeat(201), 'a\0b'])('refuses the name %j for the workspace', async (name) => {
    const making = createWorkspace(database.ownerPool, { slug: newSlug(), name, adminEmail: 'ada@acme.example' })
    await expect(making).rejects.toMatchObject({ code: 'NAME_INVALID' })
  })
})

describe('creating a user', () => {
  test('creates a user who is found by the e-mail address in any letter case', async () => {
    const slug = newSlug()
    const { workspaceId } = await createWorkspace(database.ownerPool, { slug, adminEmail: 'ada@acme.example' })
    const user = { workspaceId, email: 'Max.Muster@Acme.example', displayName: 'Max Muster', roleName: 'member' }
    const actorId = await createUser(database.ownerPool, user)
    expect(await findActorByEmail(database.ownerPool, slug, ' MAX.muster@acme.EXAMPLE')).toEqual({
      workspaceId,
      actorId,
    })
  })

  test('refuses an e-mail address that is taken in the workspace', async () => {
    const { workspaceId } = await createWorkspace(database.ownerPool, {
      slug: newSlug(),
      adminEmail: 'ada@acme.example',
    })
    const user = { workspaceId, email: 'ADA@acme.example', displayName: 'Ada', roleName: 'member' }
    await expect(createUser(database.ownerPool, user)).rejects.toMatchObject({
      code: 'EMAIL_TAKEN',
      message: expect.stringContaining('ada@acme.example'),
    })
  })

  test('refuses an unknown role, with a list of the roles, and an unknown workspace', async () => {
    const { workspaceId } = await createWorkspace(database.ownerPool, {
      slug: newSlug(),
      adminEmail: 'ada@acme.example',
    })
    const user = { workspaceId, email: 'max@acme.example', displayName: 'Max', roleName: 'reader' }
    await expect(createUser(database.ownerPool, user)).rejects.toMatchObject({
      code: 'ROLE_UNKNOWN',
      message: 'The workspace has no role "reader". Its roles are: admin, member, read-only.',
    })
    const elsewhere = createUser(database.ownerPool, { ...user, workspaceId: randomUUID() })
    await expect(elsewhere).rejects.toMatchObject({ code: 'WORKSPACE_UNKNOWN' })
  })
})

describe('finding a user by e-mail address', () => {
  test('reports an unknown workspace, an unknown user, a malformed address or a suspended user', async () => {
    const slug = newSlug()
    const { workspaceId, adminId } = await createWorkspace(database.ownerPool, { slug, adminEmail: 'ada@acme.example' })
    await expect(findActorByEmail(database.ownerPool, 'nowhere', 'ada@acme.example')).rejects.toMatchObject({
      code: 'WORKSPACE_UNKNOWN',
      message: expect.stringContaining('rapport workspace create nowhere'),
    })
    await expect(findActorByEmail(database.ownerPool, slug, 'max@acme.example')).rejects.toMatchObject({
      code: 'USER_UNKNOWN',
    })
    await expect(findActorByEmail(database.ownerPool, slug, 'nobody')).rejects.toMatchObject({ code: 'EMAIL_INVALID' })
    await database.ownerPool.query('update actors set is_active = false where workspace_id = $1 and id = $2', [
      workspaceId,
      adminId,
    ])
    await expect(findActorByEmail(database.ownerPool, slug, 'ada@acme.example')).rejects.toMatchObject({
      code: 'USER_SUSPENDED',
    })
  })
})

describe('creating the demo workspace', () => {
  test('creates one demo workspace when eight nodes start at once, and later starts find that workspace', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => provisionDemo(database.ownerPool)))
    expect(made.filter((one) => one.created)).toHaveLength(1)
    expect(new Set(made.map((one) => one.workspaceId)).size).toBe(1)
    expect(await provisionDemo(database.ownerPool)).toEqual({ created: false, workspaceId: made[0]?.workspaceId })
    for (const email of ['admin@demo.example', 'member@demo.example', 'reader@demo.example']) {
      await expect(findActorByEmail(database.ownerPool, 'demo', email)).resolves.toBeDefined()
    }
  })
})

async function counts(): Promise<unknown> {
  const { rows } = await database.ownerPool.query(
    `select (select count(*) from workspaces) as workspaces, (select count(*) from roles) as roles,
            (select count(*) from actors) as actors, (select count(*) from actor_roles) as actor_roles`,
  )
  return rows[0]
}
