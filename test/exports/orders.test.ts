import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openSigningKeys } from '../../src/platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../../src/platform/identity/sessions/tokens.ts'
import { at, textAt } from '../../src/testing/answers.ts'
import { createTestClock } from '../../src/testing/clock.ts'
import { type Person, userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount } from '../support/records.ts'
import { addressOf, download, EXPORT, order, problemsOf } from './export-records.ts'

let app: TestApp
let boss: Person
const clock = createTestClock(new Date())
beforeAll(async () => {
  app = await createTestApp({ now: clock.now })
  boss = await userWho(app, ['account:read'])
  for (const name of ['A', 'B']) await addAccount(app.as('admin'), { name, industry: 'Retail' })
})
beforeEach(() => grant(['account:read']))
afterAll(() => app.close())

async function grant(permissions: readonly string[]): Promise<void> {
  await app.database.ownerPool.query('update roles set permissions = $2 where id = $1', [boss.roleId, permissions])
}

const NAMES = 'name\r\nA\r\nB\r\n'

/** Downloads a file to its end. */
async function file(url: string): Promise<string> {
  return (await download(app, url)).text()
}

/** HTTP status and code of the error with which a download is refused. */
async function refusal(url: string, init?: RequestInit): Promise<string> {
  const response = await download(app, url, init)
  const body: unknown = await response.json()
  return `${response.status} ${String(at(body, 'errors.0.extensions.code'))}`
}

describe('an order with mistakes gets a user error for each of them', () => {
  it.each([
    [{ object: 'Nothing' }, 'object: "Nothing" has no list that could be exported. Name an object such as Account.'],
    [
      { object: 'AuditEntry' },
      'object: "AuditEntry" has no list that could be exported. Name an object such as Account.',
    ],
    [{ fields: [] }, 'fields: Name at least one field.'],
    [{ fields: ['name', 'nmae'] }, 'fields.1: Account has no field "nmae" to export.'],
    [{ fields: ['__proto__'] }, 'fields.0: Account has no field "__proto__" to export.'],
    [{ fields: ['name.first'] }, 'fields.0: Account has no field "name.first" to export.'],
    [{ fields: [''] }, 'fields.0: Account has no field "" to export.'],
    [{ fields: ['name', 'name'] }, 'fields.1: "name" is named twice.'],
    [
      { fields: ['annualRevenue'] },
      'fields.0: "annualRevenue" is no single value. Name one of its fields: annualRevenue.<field>.',
    ],
    [
      { fields: ['contacts.nodes.lastName'] },
      'fields.0: "contacts.nodes.lastName" leads through a list with pages, which does not fit into a file of other records. Export its records by themselves.',
    ],
    [
      { fields: ['addresses.2.city'], format: 'JSON_LINES' },
      'fields.0: "addresses.2.city" names one item of a list. JSON Lines contain the whole list: leave the number out.',
    ],
    [
      { fields: ['parent.parent.parent.parent.parent.parent.parent.parent.name'] },
      /^fields\.0: .* has more than 8 names\.$/,
    ],
    [
      { fields: Array.from({ length: 101 }, (_, index) => `f${index}`) },
      /^fields: An export has at most 100 fields, not 101\.$/,
    ],
    [{ filter: { nmae: { equals: 'x' } } }, 'filter: Field "nmae" is not defined.'],
    [{ filter: { name: { equals: 1 } } }, /^filter\.name\.equals: String cannot represent/],
    [{ filter: { type: { equals: 'CUSTOMR' } } }, 'filter.type.equals: Value "CUSTOMR" does not exist.'],
    [{ filter: 'name' }, 'filter: Expected to be an object.'],
    [{ filter: { name: { contains: '\u0000' } } }, ': Text can’t contain the character U+0000.'],
    [{ orderBy: [{ field: 'addresses' }] }, 'orderBy.0.field: Account can\'t be ordered by "addresses".'],
    [{ orderBy: [{ field: 'name' }, { field: 'name', direction: 'DESC' }] }, 'orderBy.1.field: "name" is named twice.'],
    [
      { orderBy: ['name', 'type', 'industry', 'version', 'createdAt', 'id'].map((field) => ({ field })) },
      /^orderBy: Records are ordered by at most 5 fields/,
    ],
    [
      { object: 'Actor', fields: ['id'] },
      'object: "Actor" has no list that could be exported. Name an object such as Account.',
    ],
    [{ object: 'RelationshipType', fields: ['name'], search: 'x' }, "search: RelationshipType can't be searched."],
  ])('%j', async (input, problem) => {
    const payload = await order(app.as('admin'), { fields: ['name'], ...input })
    expect(at(payload, 'url')).toBeNull()
    expect(problemsOf(payload)[0]).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem))
  })
})

describe('an order is refused', () => {
  it.each([
    [[], 'account:read', ['id']],
    [['account.name:read'], 'account.industry:read', ['name', 'industry']],
    [['account.name:read', 'account.industry:read@own'], 'account.industry:read', ['name', 'industry']],
    [['account:read'], 'user.displayName:read', ['name', 'owner.displayName']],
  ])('to a caller with the permissions %j for lack of %s', async (permissions, permission, fields) => {
    await grant(permissions)
    const { errors } = await boss.query(EXPORT, { input: { object: 'Account', fields } })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission } }])
  })
  it('to a caller who filters or orders by a field that they may not read', async () => {
    await grant(['account.name:read'])
    for (const input of [{ filter: { industry: { equals: 'Retail' } } }, { orderBy: [{ field: 'industry' }] }]) {
      const { errors } = await boss.query(EXPORT, { input: { object: 'Account', fields: ['name'], ...input } })
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission: 'account.industry:read' } }])
    }
  })
})

describe('the address of an export', () => {
  it('can be used again until it expires after five minutes', async () => {
    const url = await addressOf(boss, { fields: ['name'] })
    for (const _ of [1, 2]) expect(await file(url)).toBe(NAMES)
    clock.advance(299_000)
    expect(await file(url)).toBe(NAMES)
    clock.advance(2_000)
    expect(await refusal(url)).toBe('401 UNAUTHENTICATED')
  })
  it('is refused when it is not known, whatever its form', async () => {
    const url = await addressOf(boss, { fields: ['name'] })
    for (const wrong of [`${url}x`, url.slice(0, -1), url.replace(/rpx_.*/, ''), url.replace(/rpx_.*/, 'a%00b')])
      expect(await refusal(wrong)).toBe('401 UNAUTHENTICATED')
  })
  it('expires with the token with which the export was ordered', async () => {
    const keys = await openSigningKeys(app.database.ownerPool)
    const { workspaceId, id: actorId } = boss.actor
    const client = app.withCredential(await issueToken(keys, { workspaceId, actorId, expiresInSeconds: 60 }))
    const before = Date.now()
    const expiresAt = Date.parse(textAt(await order(client, { fields: ['name'] }), 'expiresAt'))
    expect(expiresAt - before).toBeLessThan(120_000)
  })
  it('takes GET requests only', async () => {
    const url = await addressOf(boss, { fields: ['name'] })
    const response = await download(app, url, { method: 'POST', body: 'x' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET'])
  })
  it('is not valid any more when the permissions of the caller have changed, even to more', async () => {
    const url = await addressOf(boss, { fields: ['name'] })
    await grant(['account:read', 'contact:read'])
    expect(await refusal(url)).toBe('403 RIGHTS_CHANGED')
    await grant(['account:read'])
    expect(await file(url)).toBe(NAMES)
  })
  it('is not valid any more when the caller is suspended', async () => {
    const leaver = await userWho(app, ['account:read'])
    const url = await addressOf(leaver, { fields: ['name'] })
    await app.database.ownerPool.query('update actors set is_active = false where id = $1', [leaver.actor.id])
    expect(await refusal(url)).toBe('401 UNAUTHENTICATED')
  })
  it('is stored as a hash, and returned once to a request with an idempotency key', async () => {
    const headers = { 'idempotency-key': 'one-export' }
    const send = () => boss.query(EXPORT, { input: { object: 'Account', fields: ['name'] } }, headers)
    const [first, second] = [await send(), await send()]
    const url = String(at(first.data, 'exportRecords.url'))
    expect(url).toMatch(/^\/exports\/rpx_[\w-]{43}$/)
    expect(second.errors).toMatchObject([{ extensions: { code: 'SECRET_TOLD_ONCE' } }])
    const { rows } = await app.database.ownerPool.query<{ text: string }>(
      `select (select string_agg(e::text, ' ') from exports e) || (select string_agg(k::text, ' ') from idempotency_keys k) as text`,
    )
    expect(rows[0]?.text).not.toContain(url.slice(-43))
  })
  it('shows what the caller sees, in their workspace only', async () => {
    const globex = app.as('member', 'globex')
    await addAccount(app.as('admin', 'globex'), { name: 'Other' })
    expect(await file(await addressOf(globex, { fields: ['name'] }))).toBe('name\r\nOther\r\n')
  })
})

it('a download whose statement takes too long is refused, and can be tried again', async () => {
  const { ownerPool } = app.database
  const url = await addressOf(boss, { fields: ['name'] })
  const lock = await ownerPool.connect()
  try {
    await lock.query('begin')
    await lock.query('lock table accounts in access exclusive mode')
    const cut = setInterval(
      () =>
        ownerPool.query(
          `select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        ),
      200,
    )
    const refused = await refusal(url)
    clearInterval(cut)
    await lock.query('rollback')
    expect(refused).toBe('400 QUERY_TOO_COMPLEX')
    expect(await file(url)).toBe(NAMES)
  } finally {
    lock.release(true)
  }
})

it('an order deletes the caller’s orders that have expired', async () => {
  const count = async () => {
    const { rows } = await app.database.ownerPool.query<{ count: number }>(
      'select count(*)::int as count from exports where actor_id = $1',
      [boss.actor.id],
    )
    return rows[0]?.count
  }
  clock.advance(400_000)
  await addressOf(boss, { fields: ['name'] })
  await addressOf(boss, { fields: ['name'] })
  expect(await count()).toBe(2)
  clock.advance(400_000)
  await addressOf(boss, { fields: ['name'] })
  expect(await count()).toBe(1)
})
