import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { importSetSchema } from '../../src/platform/imports/sets/import-set.ts'
import { type ImportSite, openImportSite, type Place, SET } from './import-site.ts'

let site: ImportSite

beforeAll(async () => {
  site = await openImportSite()
})
afterAll(() => site.close())

const countDeals = async ({ rows }: Place) =>
  (await rows('select count(*)::int as count from opportunities where workspace_id = $1'))[0]?.['count']

describe('`rapport import --set`', () => {
  it('imports the files in the order of the steps, with their faults corrected, and changes nothing at the second run', async () => {
    const there = await site.place()
    expect(await site.importSet(there, SET, '--dry-run')).toContain(
      'Dry run, nothing was written: 26 created, 0 updated, 0 unchanged.',
    )
    expect(await countDeals(there)).toBe(0)
    const printed = await site.importSet(there)
    expect(printed).toContain('Opportunities: 4 created, 0 updated, 0 unchanged.')
    expect(printed).toContain('In all: 26 created, 0 updated, 0 unchanged.')
    const deals =
      await there.rows(`select o.name, a.name as account, u.display_name as owner, s.name as stage, o.status,
        o.amount::text, o.currency::text, o.closed_on::text as closed, l.name as reason, o.position::int
      from opportunities o join stages s on s.id = o.stage_id join actors u on u.id = o.owner_id
        left join accounts a on a.id = o.account_id left join loss_reasons l on l.id = o.loss_reason_id
      where o.workspace_id = $1 order by o.name`)
    const none = { account: null, closed: null, reason: null, currency: 'USD', status: 'OPEN', position: 1 }
    expect(deals).toEqual([
      {
        ...{ name: 'GTX Pro (A1)', account: 'Sub', owner: 'Mei-Mei Johns', stage: 'Won', status: 'WON', position: 1 },
        ...{ amount: '1054.5000', currency: 'USD', closed: '2017-03-01', reason: null },
      },
      { ...none, name: 'GTX Pro (A3)', owner: 'Carl Lin', stage: 'Engaging', amount: '4821.0000' },
      {
        ...{ name: 'MG Special (A2)', account: 'Top', owner: 'Zoë Levy', stage: 'Lost', status: 'LOST', position: 1 },
        // A lost deal has no value in the file: its amount is that of its line at the list price.
        ...{ amount: '55.0000', currency: 'USD', closed: '2017-01-15', reason: 'Not recorded' },
      },
      { ...none, name: 'MG Special (A4)', owner: 'Carl Lin', stage: 'Prospecting', amount: '55.0000' },
    ])
    const accounts =
      await there.rows(`select a.name, a.industry, a.annual_revenue_amount::text as revenue, p.name as parent,
        d.country::text from accounts a left join accounts p on p.id = a.parent_id join account_addresses d on d.account_id = a.id
      where a.workspace_id = $1 order by a.name`)
    expect(accounts).toEqual([
      { name: 'Sub', industry: 'technology', revenue: '500000.0000', parent: 'Top', country: 'PH' },
      { name: 'Top', industry: 'retail', revenue: '1100040000.0000', parent: null, country: 'KR' },
    ])
    const again = await site.importSet(there)
    expect(again).toContain('In all: 0 created, 0 updated, 26 unchanged.')
  }, 90_000)

  it('makes users who can’t sign in and may do nothing, and teams of the rows that name them', async () => {
    const there = await site.place()
    await site.importSet(there)
    const users =
      await there.rows(`select u.email, (select count(*)::int from actor_roles r where r.actor_id = u.id) as roles,
        (select count(*)::int from passwords p where p.actor_id = u.id) as passwords
      from actors u where u.workspace_id = $1 and u.kind = 'USER' and u.email like '%@crm-sales.example' order by u.email`)
    const nobody = { roles: 0, passwords: 0 }
    expect(users).toEqual([
      { ...nobody, email: 'carl.lin@crm-sales.example' },
      { ...nobody, email: 'dustin.brinkmann@crm-sales.example' },
      { ...nobody, email: 'mei.mei.johns@crm-sales.example' },
      { ...nobody, email: 'summer.sewald@crm-sales.example' },
      { ...nobody, email: 'zoe.levy@crm-sales.example' },
    ])
    const teams =
      await there.rows(`select t.name, array_agg(u.display_name || case when m.is_lead then ' *' else '' end order by m.position) as members
      from teams t join team_members m on m.team_id = t.id join actors u on u.id = m.user_id where t.workspace_id = $1 group by t.name order by t.name`)
    expect(teams).toEqual([
      { name: 'Central', members: ['Dustin Brinkmann', 'Mei-Mei Johns', 'Zoë Levy'] },
      { name: 'Team of Dustin Brinkmann', members: ['Dustin Brinkmann *', 'Mei-Mei Johns', 'Zoë Levy'] },
      { name: 'Team of Summer Sewald', members: ['Summer Sewald *', 'Carl Lin'] },
      { name: 'West', members: ['Summer Sewald', 'Carl Lin'] },
    ])
  })

  it('writes the stages that a deal was in with their days', async () => {
    const there = await site.place()
    await site.importSet(there)
    const entries =
      await there.rows(`select o.name, s.name as stage, (e.entered_at at time zone 'UTC')::date::text as entered,
        (e.left_at at time zone 'UTC')::date::text as left from opportunity_stage_entries e join opportunities o on o.id = e.opportunity_id
        join stages s on s.id = e.stage_id where e.workspace_id = $1 and s.name <> 'Prospecting' order by o.name, e.entered_at`)
    expect(entries).toEqual([
      { name: 'GTX Pro (A1)', stage: 'Engaging', entered: '2016-10-20', left: '2017-03-01' },
      { name: 'GTX Pro (A1)', stage: 'Won', entered: '2017-03-01', left: null },
      { name: 'GTX Pro (A3)', stage: 'Engaging', entered: '2016-12-01', left: null },
      { name: 'MG Special (A2)', stage: 'Engaging', entered: '2016-11-01', left: '2017-01-15' },
      { name: 'MG Special (A2)', stage: 'Lost', entered: '2017-01-15', left: null },
    ])
  })

  it('writes all or nothing when it is killed, and completes at the next run', async () => {
    const there = await site.place()
    // The import of the opportunities waits for this lock, when all before it is written in the same transaction.
    const client = await site.database.ownerPool.connect()
    const lock = `hashtextextended('import ${there.workspaceId} Opportunity', 0)`
    await client.query(`select pg_advisory_lock(${lock})`)
    const args = ['bin/rapport.js', 'import', '--set', SET, '--from', there.files, '--workspace', there.slug]
    const child = spawn(process.execPath, args, {
      env: { ...process.env, DATABASE_URL: site.url },
      stdio: 'ignore',
    })
    const exited = new Promise((done) => child.once('exit', (_code, signal) => done(signal)))
    const waiting = `select from pg_locks where locktype = 'advisory' and not granted`
    await expect
      .poll(async () => (await client.query(waiting)).rowCount, { timeout: 60_000, interval: 100 })
      .toBeGreaterThan(0)
    child.kill('SIGKILL')
    expect(await exited).toBe('SIGKILL')
    await client.query(`select pg_advisory_unlock(${lock})`)
    client.release()
    expect(await there.rows('select count(*)::int as count from accounts where workspace_id = $1')).toEqual([
      { count: 0 },
    ])
    expect(await site.importSet(there)).toContain('In all: 26 created, 0 updated, 0 unchanged.')
  }, 90_000)
})

it('the JSON schema of import sets is up to date: node scripts/import-set-schema.ts', async () => {
  const stored: unknown = JSON.parse(await readFile('examples/imports/import-set.schema.json', 'utf8'))
  expect(stored).toEqual(z.toJSONSchema(importSetSchema))
})
