import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiKey } from '../../../src/platform/identity/api-keys.ts'
import { coordinates, idle, missed } from './coverage.ts'
import { readEachField, type Subject } from './fields.ts'
import { type Fixture, openFixture } from './fixture.ts'
import { filterNestedLists } from './nested.ts'
import { runOperations } from './operations.ts'
import { scoped } from './records.ts'
import { refuseRoots } from './roots.ts'
import { DERIVED_FIELDS, derivedMet } from './values.ts'
import { createWithoutEachField, writeBlindly, writeEachField, writeFromOldVersions } from './write-fields.ts'
import { writeEverything } from './writes.ts'

/** Which fields anybody reads and writes, and which records they write: each in turn, for people and for API keys. */
let fixture: Fixture
let boss: Subject
beforeAll(async () => {
  fixture = await openFixture()
  boss = { token: fixture.boss.token ?? '', grant: fixture.grant }
})
afterAll(() => fixture?.app.close())

const SLOW = { timeout: 120_000 }

it('no root field is answered without a permission', async () => {
  const found: string[] = []
  await refuseRoots(fixture, boss, found)
  expect(found.slice(0, 40)).toEqual([])
})
it('each field that is the only one that may be read, or the only one that may not, is just that', SLOW, async () => {
  const found: string[] = []
  await readEachField(fixture, boss, found)
  expect(found.slice(0, 40)).toEqual([])
  expect([...derivedMet].sort()).toEqual(DERIVED_FIELDS)
})
it('lists within records are filtered and sorted by what may be read of theirs', SLOW, async () => {
  const found: string[] = []
  await filterNestedLists(fixture, boss, found)
  expect(found.slice(0, 40)).toEqual([])
})
it('an API key reads what its scopes and its roles both name', SLOW, async () => {
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
describe('records are written', () => {
  it.each(['own', 'team', 'hierarchy', 'shared', null])('within %s', SLOW, async (scope) => {
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
  })
  it('not by who only reads', SLOW, async () => {
    const found: string[] = []
    await writeEverything(fixture, found, 'reader', ({ object }) => [`${object}:read`])
    expect(found.slice(0, 60)).toEqual([])
  })
  it('in each field by who may write that one, and by nobody else', SLOW, async () => {
    const found: string[] = []
    await writeEachField(fixture, found)
    await createWithoutEachField(fixture, found)
    expect(found.slice(0, 60)).toEqual([])
  })
  it('by who may not read them without being told anything, in refusals and conflicts too', SLOW, async () => {
    const found: string[] = []
    await writeBlindly(fixture, found)
    const conflicts = await writeFromOldVersions(fixture, found)
    expect(found.slice(0, 60)).toEqual([])
    expect(conflicts).toBeGreaterThan(100)
  })
})
it('operations on many records tell of none that is hidden', SLOW, async () => {
  const permissions = scoped(fixture, 'own')
  await fixture.grant(permissions)
  const found: string[] = []
  await runOperations({ fixture, token: boss.token, permissions, found })
  expect(found.slice(0, 40)).toEqual([])
})
/** What nothing asks for, and why not. */
const EXEMPT = {
  'ConflictWaiverInput\\..*|OpenMatterInput\\.waivers':
    'a waiver names a conflict by an id that only a report tells, which is no record’s',
}

it('nothing of the schema is left out that can be written', () => {
  const { schema, asker } = fixture
  const read = coordinates(schema, schema.getQueryType(), schema.getSubscriptionType())
  const written = new Set([...coordinates(schema, schema.getMutationType())].filter((each) => !read.has(each)))
  expect(written.size).toBeGreaterThan(500)
  expect(missed(written, asker.asked, EXEMPT)).toEqual([])
  expect(idle(written, asker.asked, EXEMPT)).toEqual([])
})
