import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { at, listAt, textAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { SET } from './import-site.ts'
import { runCommand } from './run-command.ts'

// Files in a folder next to the project, which is not part of it.
const FOLDER = resolve(process.env['SHARED_DATA'] ?? '../shared/data', 'crm-sales-opportunities')

type Row = Readonly<Record<string, string>>
type Figures = Record<string, { count: number; sum: number }>

/** Reads a file of the set, whose cells have no quotes. */
async function read(file: string): Promise<Row[]> {
  const [header = '', ...lines] = (await readFile(join(FOLDER, file), 'utf8')).trim().split(/\r?\n/)
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(header.split(',').map((column, index) => [column, cells[index] ?? '']))
  })
}

/** Counts rows, and adds up what they are worth, by a key; without the rows that have none. */
function figuresOf(rows: readonly Row[], keyOf: (row: Row) => string, worth: (row: Row) => number): Figures {
  const figures: Figures = {}
  for (const row of rows) {
    const key = keyOf(row)
    const group = figures[key] ?? { count: 0, sum: 0 }
    figures[key] = { count: group.count + 1, sum: group.sum + worth(row) }
  }
  return figures
}

const won = (row: Row) => row['deal_stage'] === 'Won'
const productOf = ({ product = '' }: Row) => (product === 'GTXPro' ? 'GTX Pro' : product)
const dayOf = (text = '') => {
  const [month = '', day = '', year = ''] = text.split('/')
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

describe.skipIf(!existsSync(FOLDER))('the import of a public data set of 8,800 opportunities', () => {
  let app: TestApp
  let deals: Row[]
  let prices: Map<string, number>
  let printed: string[]

  const run = () => {
    const config = readConfig({ DATABASE_URL: app.databaseUrl, PORT: '0' })
    return runCommand(config, 'import', '--set', SET, '--from', FOLDER, '--workspace', 'acme')
  }

  beforeAll(async () => {
    app = await createTestApp()
    deals = await read('sales_pipeline.csv')
    prices = new Map((await read('products.csv')).map((row) => [row['product'] ?? '', Number(row['sales_price'])]))
    printed = await run()
  }, 240_000)
  afterAll(() => app.close())

  /**
   * What a won deal was sold for, and what any other would cost by the price book: what a lost one would have been worth is
   * not in the file, which has 0.
   */
  const worth = (row: Row) => (won(row) ? Number(row['close_value']) : (prices.get(productOf(row)) ?? Number.NaN))

  async function aggregate(groupBy: string, key: string, filter: object = {}): Promise<Figures> {
    const data = await app.as('admin').must(
      `query ($filter: OpportunityFilter) { opportunityAggregate(filter: $filter, groupBy: [${groupBy}], first: 200) {
        hasMore groups { key { ${key} } count sum { amount { amount currency } } } } }`,
      { filter },
    )
    expect(at(data, 'opportunityAggregate.hasMore')).toBe(false)
    const path = `key.${key.replaceAll(/[\s{}]+/g, '.').replaceAll(/^\.|\.$/g, '')}`
    return Object.fromEntries(
      listAt(data, 'opportunityAggregate.groups').map((group) => [
        String(at(group, path) ?? ''),
        { count: Number(at(group, 'count')), sum: Number(textAt(group, 'sum.amount.amount')) },
      ]),
    )
  }
  const isWon = { status: { equals: 'WON' } }

  it('creates all of it, and nothing at the second run', async () => {
    expect(printed).toContain('Opportunities: 8800 created, 0 updated, 0 unchanged.')
    expect(await run()).toContain('In all: 0 created, 0 updated, 8956 unchanged.')
  }, 240_000)

  it('has what a count of the file says, by stage, agent, account, month and product', async () => {
    expect(await aggregate('STATUS', 'status', isWon)).toEqual({ WON: { count: 4238, sum: 10_005_534 } })
    expect(await aggregate('STAGE', 'stage { name }')).toEqual(
      figuresOf(deals, (row) => row['deal_stage'] ?? '', worth),
    )
    const sold = deals.filter(won)
    expect(await aggregate('OWNER', 'owner { displayName }')).toEqual(
      figuresOf(deals, (row) => row['sales_agent'] ?? '', worth),
    )
    expect(await aggregate('OWNER', 'owner { displayName }', isWon)).toEqual(
      figuresOf(sold, (row) => row['sales_agent'] ?? '', worth),
    )
    expect(await aggregate('ACCOUNT', 'account { name }')).toEqual(
      figuresOf(deals, (row) => row['account'] ?? '', worth),
    )
    expect(await aggregate('CLOSED_ON_MONTH', 'closedOnMonth', isWon)).toEqual(
      figuresOf(sold, (row) => `${dayOf(row['close_date']).slice(0, 7)}-01`, worth),
    )
    for (const product of prices.keys())
      expect(
        await aggregate('STAGE', 'stage { name }', {
          lines: { some: { product: { is: { name: { equals: product } } } } },
        }),
      ).toEqual(
        figuresOf(
          deals.filter((row) => productOf(row) === product),
          (row) => row['deal_stage'] ?? '',
          worth,
        ),
      )
  })

  it('has what a count of the file says, by manager', async () => {
    const managers = new Map((await read('sales_teams.csv')).map((row) => [row['sales_agent'], row['manager'] ?? '']))
    const expected = figuresOf(deals.filter(won), (row) => managers.get(row['sales_agent']) ?? '', worth)
    const data = await app
      .as('admin')
      .must(
        '{ teams(filter: { name: { startsWith: "Team of " } }) { nodes { name members { isLead user { id displayName } } } } }',
      )
    const teams = listAt(data, 'teams.nodes')
    expect(teams).toHaveLength(6)
    for (const team of teams) {
      const members = listAt(team, 'members')
      const lead = members.find((member) => at(member, 'isLead') === true)
      const ids = members.map((member) => textAt(member, 'user.id'))
      const figures = await aggregate('STATUS', 'status', { ...isWon, owner: { is: { id: { in: ids } } } })
      expect(figures['WON']).toEqual(expected[textAt(lead, 'user.displayName')])
    }
  })

  it('has one line in each opportunity, of the product of its row', async () => {
    const { rows } = await app.database.ownerPool.query<{ product: string; count: number; amount: string }>(
      `select p.name as product, count(*)::int as count, sum(l.total)::numeric(20)::text as amount
       from opportunity_lines l join products p on p.id = l.product_id group by p.name`,
    )
    expect(Object.fromEntries(rows.map((row) => [row.product, { count: row.count, sum: Number(row.amount) }]))).toEqual(
      figuresOf(deals, productOf, worth),
    )
  })

  it('has the forecasts of past months: what was won in them, and the projection of then with its error', async () => {
    const query = `query ($period: FiscalPeriodInput!, $asOf: DateTime) {
      forecast(period: $period, asOf: $asOf, currency: "USD") { closed { amount } weighted { amount } projection { expected { amount } } } }`
    let [error, ofWeighted, total] = [0, 0, 0]
    for (const month of [9, 10, 11, 12]) {
      const period = { year: 2017, month }
      const asOf = `2017-${String(month).padStart(2, '0')}-01T00:00:00Z`
      const actual = at(await app.as('admin').must(query, { period }), 'forecast')
      const expected = deals
        .filter((row) => won(row) && dayOf(row['close_date']).startsWith(asOf.slice(0, 7)))
        .reduce((sum, row) => sum + worth(row), 0)
      expect(Number(textAt(actual, 'closed.amount'))).toBe(expected)
      const then = at(await app.as('admin').must(query, { period, asOf }), 'forecast')
      error += Math.abs(Number(textAt(then, 'projection.expected.amount')) - expected)
      ofWeighted += Math.abs(Number(textAt(then, 'weighted.amount')) - expected)
      total += expected
    }
    expect(error).toBeLessThan(ofWeighted)
    expect(error / total).toBeLessThan(0.25)
  })

  it('has the pipeline of past days, as the dates of the file say', async () => {
    const data = await app
      .as('admin')
      .must('{ pipelines(filter: { name: { equals: "Hardware sales" } }) { nodes { id } } }')
    const pipelineId = textAt(listAt(data, 'pipelines.nodes')[0], 'id')
    for (const day of ['2016-10-19', '2016-10-20', '2017-03-01', '2017-06-15', '2017-12-31']) {
      const answer = await app
        .as('admin')
        .must(
          'query ($pipelineId: ID!, $at: DateTime!) { pipelineAsOf(pipelineId: $pipelineId, at: $at) { stage { name } count amounts { amount } } }',
          { pipelineId, at: `${day}T00:00:00Z` },
        )
      const stages = listAt(answer, 'pipelineAsOf').map((stage) => [
        textAt(stage, 'stage.name'),
        { count: Number(at(stage, 'count')), sum: Number(textAt(stage, 'amounts.0.amount')) },
      ])
      const begun = deals.filter((row) => row['engage_date'] && dayOf(row['engage_date']) <= day)
      const stageThen = (row: Row) =>
        row['close_date'] && dayOf(row['close_date']) <= day ? (row['deal_stage'] ?? '') : 'Engaging'
      expect(Object.fromEntries(stages)).toEqual(figuresOf(begun, stageThen, worth))
    }
  })
})
