import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type App, createApp } from '../../src/app.ts'
import { createProgram } from '../../src/cli/command-line.ts'
import { readConfig } from '../../src/config.ts'
import { seedDemo } from '../../src/demo/first-start.ts'
import { generateDemo } from '../../src/demo/generate.ts'
import { openDemoWorkspace } from '../../src/demo/workspace.ts'
import { createWorkspace, provisionDemo } from '../../src/modules/workspaces/provision.ts'
import { createTestDatabase, type TestDatabase } from '../../src/testing/test-database.ts'

const UNTIL = new Date('2026-03-31T12:00:00Z')

describe('the generator of demo data', () => {
  const slices = (seed: number, accounts = 60, takenDomains = new Set<string>()) => [
    ...generateDemo({ accounts, seed, until: UNTIL, userCount: 5, takenDomains }),
  ]

  it('makes the same data at each run with the random seed 7, and different data with the random seed 8', () => {
    expect(slices(7)).toEqual(slices(7))
    expect(slices(8)).not.toEqual(slices(7))
  })

  it('gives each account a web domain that no other account has, in the new data or in the workspace', () => {
    const domains = slices(7, 3_000).flatMap(({ accounts }) => accounts.map(({ input }) => String(input['website'])))
    expect(new Set(domains).size).toBe(3_000)
    const taken = new Set(domains.slice(0, 10))
    expect(
      slices(7, 60, taken).flatMap(({ accounts }) =>
        accounts.filter(({ input }) => taken.has(String(input['website']))),
      ),
    ).toEqual([])
  })

  it('spreads interactions of all 9 variants over two years, and gives some contacts more than 15 of them', () => {
    const interactions = slices(7, 500).flatMap((slice) => slice.interactions)
    const times = interactions.map(({ input }) => Number(input['occurredAt']))
    expect(new Set(interactions.map(({ kind }) => kind)).size).toBe(9)
    expect(Math.max(...times)).toBeLessThan(UNTIL.getTime())
    expect(Math.min(...times)).toBeGreaterThan(Date.parse('2024-03-25'))
    expect(Math.min(...times)).toBeLessThan(Date.parse('2024-05-01'))
    const [first] = slices(7)
    const perContact = Map.groupBy(first?.interactions ?? [], ({ participants: [one] }) =>
      one && 'contact' in one ? one.contact : -1,
    )
    const most = Math.max(...[...perContact.values()].map(({ length }) => length))
    expect(most).toBeGreaterThan(15)
  })
})

describe('demo data', () => {
  let database: TestDatabase
  let app: App

  beforeEach(async () => {
    database = await createTestDatabase()
    app = await createApp({ databaseUrl: database.url })
  })
  afterEach(async () => {
    await app.close()
    await database.drop()
  })

  async function counts() {
    const { rows } = await app.database.ownerPool.query(`select
      (select count(*)::int from accounts) as accounts, (select count(*)::int from contacts) as contacts, (select count(*)::int from interactions) as interactions,
      (select count(*)::int from tasks) as tasks, (select count(distinct kind)::int from interactions) as kinds, (select count(*)::int from teams) as teams,
      (select count(*)::int from relationship_types) as types, (select count(*)::int from actors) as actors,
      (select count(*)::int from opportunities) as opportunities, (select count(distinct status)::int from opportunities) as statuses,
      (select count(*)::int from pipelines) as pipelines,
      (select count(*)::int from exchange_rates) as rates,
      (select count(*)::int from quotas) as quotas, (select count(*)::int from forecast_adjustments) as adjustments,
      (select count(*)::int from products) as products, (select count(*)::int from price_books) as books, (select count(*)::int from account_price_books) as buyers,
      (select count(*)::int from opportunities where amount is distinct from (select sum(total) from opportunity_lines l where l.opportunity_id = opportunities.id)) as "amountsNotOfLines",
      (select count(*)::int from proposal_templates where is_default) as templates,
      (select count(*)::int from leads) as leads, (select count(distinct status)::int from leads) as "leadStatuses",
      (select count(*)::int from quotes) as quotes, (select count(distinct status)::int from quotes) as "quoteStatuses", (select count(*)::int from orders) as orders,
      (select count(*)::int from opportunity_stage_entries where left_at is not null) > 60 as "hasPast"`)
    return rows[0]
  }
  const SMALL = {
    // Of these, five are of leads that were converted.
    accounts: 30,
    contacts: 85,
    interactions: 200,
    tasks: 15,
    kinds: 9,
    teams: 3,
    types: 4,
    actors: 9,
    opportunities: 60,
    statuses: 3,
    pipelines: 1,
    rates: 15,
    quotas: 16,
    adjustments: 1,
    leads: 60,
    leadStatuses: 5,
    quotes: 10,
    quoteStatuses: 9,
    orders: 1,
    hasPast: true,
    products: 12,
    books: 4,
    buyers: 5,
    amountsNotOfLines: 0,
    templates: 1,
  }

  it('is added to the demo workspace only once when two servers start at the same time, with an audit entry for each change', async () => {
    await provisionDemo(app.database.ownerPool)
    await Promise.all([seedDemo(app.runtime), seedDemo(app.runtime)])
    expect(await counts()).toEqual(SMALL)
    await seedDemo(app.runtime)
    expect(await counts()).toEqual(SMALL)
    const { rows } = await app.database.ownerPool.query(
      'select (select count(*) from changes) = (select count(*) from audit_entries) as same, count(distinct owner_id)::int as owners from accounts',
    )
    expect(rows[0]?.same).toBe(true)
    expect(rows[0]?.owners).toBeGreaterThan(3)
  })

  it('is added at the next start of the server when the first start was killed after it created the demo workspace', async () => {
    await openDemoWorkspace(app.runtime, 'demo')
    await seedDemo(app.runtime)
    expect(await counts()).toEqual(SMALL)
  })

  it('is not added at the start when the demo workspace has changes in its log, or when there is no demo workspace', async () => {
    await seedDemo(app.runtime)
    expect(await counts()).toMatchObject({ accounts: 0, actors: 0 })
    const { workspaceId } = await provisionDemo(app.database.ownerPool)
    await app.database.ownerPool.query(
      `insert into changes (workspace_id, actor_id, operation, type, record_id, changed_fields) select workspace_id, id, 'CREATED', 'Account', id, '{}' from actors where workspace_id = $1 limit 1`,
      [workspaceId],
    )
    await seedDemo(app.runtime)
    expect(await counts()).toMatchObject({ accounts: 0, actors: 3 })
  })

  async function rapportDemo(...options: string[]): Promise<string[]> {
    const lines: string[] = []
    const config = readConfig({ DATABASE_URL: database.url, PORT: '0' })
    const program = await createProgram(
      {
        config: () => config,
        log: () => pino({ level: 'silent' }),
        print: (line) => lines.push(line),
      },
      ['demo'],
    )
    for (const command of [program, ...program.commands]) command.configureOutput({ writeErr: () => undefined })
    await program.parseAsync(['demo', ...options], { from: 'user' })
    return lines
  }

  it('is added by `rapport demo`, and a second run of the command adds more accounts', async () => {
    expect(await rapportDemo('--accounts', '30', '--seed', '3')).toEqual([
      'Added 30 accounts, 96 contacts, 240 interactions and 18 tasks to demo.',
    ])
    await rapportDemo('--accounts', '5', '--seed', '3')
    expect(await counts()).toMatchObject({
      // Of these, five are of leads that were converted.
      accounts: 40,
      teams: 3,
      types: 4,
      actors: 9,
      products: 12,
      books: 4,
      buyers: 7,
    })
  })

  it('is added to another workspace by `rapport demo --workspace`', async () => {
    await createWorkspace(app.database.ownerPool, { slug: 'acme', adminEmail: 'boss@acme.example' })
    expect(await rapportDemo('--accounts', '5', '--workspace', 'acme')).toEqual([
      expect.stringMatching(/^Added 5 accounts, 16 contacts, .* to acme\.$/),
    ])
  })

  it.each([
    [['--workspace', 'nowhere'], 'There is no workspace "nowhere"'],
    [['--accounts', '0'], 'Expected a whole number from 1 to'],
    [['--seed', '-1'], 'Expected a whole number from 0 to'],
  ])('is not added by `rapport demo` with the invalid options %j', async (options, message) => {
    await expect(rapportDemo(...options)).rejects.toThrow(message)
  })
})
