import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import { computed, condition, type RowType, rows } from '../../../src/platform/declare/objects/fields.ts'
import { createApiKey } from '../../../src/platform/identity/api-keys.ts'
import { at, textAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { testPlugin, testRule, tryAccount } from '../guarded-plugin.ts'

const row: RowType = {
  name: 'ScoreRow',
  description: 'A row of a test.',
  columns: {
    label: { type: 'String', isRequired: true, description: 'Its label.' },
    currency: { type: 'CurrencyCode', description: 'Its currency.' },
    total: { type: 'Money', currency: 'currency', description: 'An amount.' },
    share: { type: 'Decimal', description: 'A number.' },
    on: { type: 'Date', description: 'A day.' },
    at: { type: 'DateTime', description: 'An instant.' },
  },
}

const scores = rows({
  description: 'Rows that a query finds.',
  row,
  permission: 'task:read',
  query: (account) =>
    sql`select ${account.column('name')} || n as "label", case n when 1 then 'EUR' end as "currency",
      case n when 1 then 9007199254740993.1200 end as "total", 0.5000 as "share",
      date '2024-02-29' as "on", timestamptz '2024-02-29 12:00:00+02' as "at" from generate_series(1, 2) n order by n desc`,
})

const plugin = testPlugin('scores', {
  extend: {
    Account: {
      scores,
      sameScores: { ...scores, description: 'The same.' },
      weight: computed({
        type: 'Decimal',
        isRequired: true,
        permission: 'task:read',
        description: 'A number of a query.',
        value: () => sql`12345678901234567890.5000::numeric`,
      }),
    },
  },
  conditions: {
    Account: {
      isHeavy: condition({
        type: 'Boolean',
        description: 'Always.',
        permission: 'task:read',
        where: () => sql`true`,
      }),
    },
  },
  rules: [
    testRule('scores.domains', {
      before: ({ values }) =>
        values['name'] === 'Greedy' ? { items: { domains: [{ domain: 'acme.example' }] } } : undefined,
    }),
  ],
})

let app: TestApp
let narrow: TestClient
let id: string

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin }] })
  const { workspaceId } = app.as('admin').actor
  await app.database.ownerPool.query(
    `insert into roles (workspace_id, id, name, permissions) values ($1, gen_random_uuid(), 'narrow', '{account:read}')`,
    [workspaceId],
  )
  const { secret } = await createApiKey(app.database.ownerPool, { workspaceId, name: 'narrow', roleName: 'narrow' })
  narrow = app.withCredential(secret)
  id = textAt(await tryAccount(app.as('member'), { name: 'Acme' }), 'account.id')
})
afterAll(() => app.close())

const READ = `query ($id: ID!) { account(id: $id) {
  weight scores { __typename label total { amount currency } share on at } sameScores { label }
} }`

describe("rows of a plugin's SQL query", () => {
  it('are returned in the order of the SQL query, with exact values of the declared types', async () => {
    const rest = { __typename: 'ScoreRow', share: '0.5000', on: '2024-02-29', at: '2024-02-29T10:00:00.000Z' }
    expect(at(await app.as('member').must(READ, { id }), 'account')).toEqual({
      weight: '12345678901234567890.5000',
      scores: [
        { ...rest, label: 'Acme2', total: null },
        { ...rest, label: 'Acme1', total: { amount: '9007199254740993.12', currency: 'EUR' } },
      ],
      sameScores: [{ label: 'Acme2' }, { label: 'Acme1' }],
    })
  })

  it('are empty for a caller without the permission, while computed fields are null and conditions match nothing', async () => {
    expect(at(await narrow.must(READ, { id }), 'account')).toEqual({ weight: null, scores: [], sameScores: [] })
    const count = (client: TestClient, isHeavy: boolean) =>
      client
        .must('query ($f: AccountFilter) { accounts(filter: $f) { totalCount } }', { f: { isHeavy } })
        .then((data) => at(data, 'accounts.totalCount'))
    expect(await count(app.as('member'), true)).toBe(1)
    expect([await count(narrow, true), await count(narrow, false)]).toEqual([0, 0])
  })
})

describe('items that a rule returns', () => {
  it('make the write fail with PLUGIN_FAILED when the items are stored in a table of core', async () => {
    const { account, errors } = await tryAccount(app.as('member'), { name: 'Greedy' })
    expect(account).toBeUndefined()
    expect(errors).toMatchObject([{ extensions: { code: 'PLUGIN_FAILED', plugin: 'scores', rule: 'scores.domains' } }])
  })
})
