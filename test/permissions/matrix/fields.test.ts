import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiKey } from '../../../src/platform/identity/api-keys.ts'
import { coordinates, idle, missed } from './coverage.ts'
import { exportEachField } from './exports.ts'
import { readEachField, type Subject } from './fields.ts'
import { type Fixture, openFixture } from './fixture.ts'
import { filterNestedLists } from './nested.ts'
import { runOperations } from './operations.ts'
import { scoped } from './records.ts'
import { refuseRoots } from './roots.ts'
import { DERIVED_FIELDS, derivedMet } from './values.ts'
import { createWithoutEachField, writeBlindly, writeEachField, writeFromOldVersions } from './write-fields.ts'
import { writeEverything } from './writes.ts'

/** Tests which fields a caller can read and write, and which records they can write. */
let fixture: Fixture
let boss: Subject
beforeAll(async () => {
  fixture = await openFixture()
  boss = { token: fixture.boss.token ?? '', grant: fixture.grant }
})
afterAll(() => fixture?.app.close())

const SLOW = { timeout: 240_000 }

it('a caller without permissions is refused every root field except node, nodes and viewer', async () => {
  const found: string[] = []
  await refuseRoots(fixture, boss, found)
  expect(found.slice(0, 40)).toEqual([])
})
it(
  'a caller who may read one field sees only that field, and one who may read all others sees all but that field',
  SLOW,
  async () => {
    const found: string[] = []
    await readEachField(fixture, boss, found)
    expect(found.slice(0, 40)).toEqual([])
    expect([...derivedMet].sort()).toEqual(DERIVED_FIELDS)
  },
)
it('a caller can export a field only with the permission to read it on all records that they see', SLOW, async () => {
  const found: string[] = []
  await exportEachField(fixture, boss, found)
  expect(found.slice(0, 40)).toEqual([])
})
it('a list within a record can be filtered and sorted only by fields that the caller may read', SLOW, async () => {
  const found: string[] = []
  await filterNestedLists(fixture, boss, found)
  expect(found.slice(0, 40)).toEqual([])
})
it('an API key can read only the fields that both its field `scopes` and its roles grant', SLOW, async () => {
  const { app } = fixture
  const { workspaceId } = fixture.boss.actor
  const roleName = `Role of ${fixture.boss.actor.id}`
  await app.database.ownerPool.query('update roles set name = $2 where id = $1', [fixture.boss.roleId, roleName])
  const { actorId, secret } = await createApiKey(app.database.ownerPool, { workspaceId, name: 'Key', roleName })
  const scope = (scopes: readonly string[]) =>
    app.database.ownerPool.query('update actors set scopes = $2 where id = $1', [actorId, scopes])
  const some = (_: string, index: number) => index % 5 === 0
  for (const key of [
    {
      token: secret,
      grant: async (permissions: readonly string[]) =>
        void (await Promise.all([fixture.grant(['*:*']), scope(permissions)])),
    },
    {
      token: secret,
      grant: async (permissions: readonly string[]) =>
        void (await Promise.all([fixture.grant(permissions), scope(['*:*'])])),
    },
  ]) {
    const found: string[] = []
    await readEachField(fixture, key, found, some)
    expect(found.slice(0, 40)).toEqual([])
  }
})
describe('mutations of a record', () => {
  // null: a permission without a scope covers all records.
  it.each(['own', 'team', 'hierarchy', 'shared', null])(
    'write only records that the caller’s permission covers, with the scope %s (null: without a scope)',
    SLOW,
    async (scope) => {
      const found: string[] = []
      const at = scope === null ? '' : `@${scope}`
      const only = ({ name }: { name: string }) => scope === 'own' || name.startsWith('update')
      await writeEverything(
        fixture,
        found,
        `reads all, writes ${at}`,
        ({ object, action }) => [`${object}:read`, `${object}:${action}${at}`],
        only,
      )
      await writeEverything(
        fixture,
        found,
        `reads ${at}, writes all`,
        ({ object, action }) => [`${object}:read${at}`, `${object}:${action}`],
        only,
      )
      expect(found.slice(0, 40)).toEqual([])
    },
  )
  it('are refused to a caller who may only read', SLOW, async () => {
    const found: string[] = []
    await writeEverything(fixture, found, 'reader', ({ object }) => [`${object}:read`])
    expect(found.slice(0, 60)).toEqual([])
  })
  it('set a field only for a caller with permission to write that field', SLOW, async () => {
    const found: string[] = []
    await writeEachField(fixture, found)
    await createWithoutEachField(fixture, found)
    expect(found.slice(0, 60)).toEqual([])
  })
  it('show no value that the caller may not read, not even in user errors and conflicts', SLOW, async () => {
    const found: string[] = []
    await writeBlindly(fixture, found)
    const conflicts = await writeFromOldVersions(fixture, found)
    expect(found.slice(0, 60)).toEqual([])
    expect(conflicts).toBeGreaterThan(100)
  })
})
it(
  'mutations that do not write one given record return nothing of records that the caller may not read',
  SLOW,
  async () => {
    const permissions = scoped(fixture, 'own')
    await fixture.grant(permissions)
    const found: string[] = []
    await runOperations({ fixture, token: boss.token, permissions, found })
    expect(found.slice(0, 40)).toEqual([])
  },
)
/** Coordinates that no request uses, and why. */
const EXEMPT = {
  'ConflictWaiverInput\\..*|OpenMatterInput\\.waivers':
    'a waiver names a conflict by an id that only a conflict report returns, and that is not the id of a record',
}

it('the permission matrix uses every mutation, argument and input field of the schema, except those in EXEMPT', () => {
  const { schema, asker } = fixture
  const read = coordinates(schema, schema.getQueryType(), schema.getSubscriptionType())
  const written = new Set([...coordinates(schema, schema.getMutationType())].filter((each) => !read.has(each)))
  expect(written.size).toBeGreaterThan(500)
  expect(missed(written, asker.asked, EXEMPT)).toEqual([])
  expect(idle(written, asker.asked, EXEMPT)).toEqual([])
})
