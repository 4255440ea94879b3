import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runJobNow } from '../../../src/platform/jobs/run-job.ts'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { userWho } from '../../permissions/people.ts'
import { backgroundOf } from '../../plugins/background/shipping.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord, type Made } from '../../support/records.ts'
import { addLead } from './leads.ts'

const DAY_MS = 86_400_000
let now = new Date('2026-03-01T12:00:00Z')
let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ now: () => now })
})
afterAll(() => app.close())

const admin = () => app.as('admin')

async function read({ id }: Made) {
  const data = await admin().must(
    'query ($id: ID!) { lead(id: $id) { version score scoredAt scoreReasons { rule points reason } } }',
    { id },
  )
  return at(data, 'lead')
}

async function update(object: string, record: Made, input: object): Promise<Made> {
  const name = object.charAt(0).toLowerCase() + object.slice(1)
  const data = await admin().must(
    `mutation ($input: Update${object}Input!) { update${object}(input: $input) { ${name} { id version } userErrors { message } } }`,
    { input: { ...record, ...input } },
  )
  return { id: record.id, version: Number(at(data, `update${object}.${name}.version`)) }
}

const rule = (input: object) => addRecord(admin(), 'LeadScoringRule', { name: 'Rule', points: 10, ...input })
const remove = ({ id, version }: Made) =>
  admin().must(
    'mutation ($input: DeleteLeadScoringRuleInput!) { deleteLeadScoringRule(input: $input) { userErrors { message } } }',
    { input: { id, version } },
  )

describe('the score of a lead', () => {
  it('is the sum of the points of the rules that the lead meets, with the reasons', async () => {
    const web = await rule({
      name: 'Website',
      description: 'Came from the website.',
      filter: { source: { equals: 'WEB' } },
      points: 30,
      position: 1,
    })
    const local = await rule({
      name: 'Germany',
      filter: { country: { equals: 'DE' } },
      points: -5,
      halfLifeDays: 10,
      position: 2,
    })
    const lead = await addLead(admin(), { source: 'WEB', country: 'DE' })
    expect(await read(lead)).toMatchObject({
      score: 25,
      scoreReasons: [
        { rule: 'Website', points: 30, reason: 'Came from the website. 30 points.' },
        { rule: 'Germany', points: -5, reason: '-5 points, halved every 10 days.' },
      ],
    })
    const moved = await update('Lead', lead, { country: 'FR' })
    expect(await read(moved)).toMatchObject({ score: 30, scoreReasons: [{ rule: 'Website' }] })
    const changed = await update('LeadScoringRule', web, { points: 7 })
    expect(await read(moved)).toMatchObject({ score: 7, version: moved.version })
    await remove(changed)
    await remove(local)
    expect(await read(moved)).toMatchObject({ score: 0, scoreReasons: [] })
  })

  it('is that of the new lead in the answer to its create, and orders a list page by page', async () => {
    const made = await rule({ name: 'Named', filter: { lastName: { startsWith: 'Ordered' } }, points: 3 })
    const more = await rule({ name: 'Second', filter: { lastName: { endsWith: '2' } }, points: 4 })
    for (const name of ['Ordered 1', 'Ordered 2', 'Ordered 3']) {
      const data = await admin().must(
        'mutation ($input: CreateLeadInput!) { createLead(input: $input) { lead { score scoreReasons { points } } } }',
        { input: { lastName: name } },
      )
      expect(at(data, 'createLead.lead.score')).toBe(name.endsWith('2') ? 7 : 3)
    }
    const page = (after: unknown) =>
      admin().must(
        `query ($after: String) { leads(first: 1, after: $after, filter: { lastName: { startsWith: "Ordered" } }, orderBy: [{ score: DESC }, { lastName: ASC }]) {
          nodes { lastName } pageInfo { endCursor hasNextPage } } }`,
        { after },
      )
    const names: string[] = []
    for (let cursor: unknown = null, more_ = true; more_; ) {
      const data = await page(cursor)
      names.push(textAt(listAt(data, 'leads.nodes')[0], 'lastName'))
      cursor = at(data, 'leads.pageInfo.endCursor')
      more_ = at(data, 'leads.pageInfo.hasNextPage') === true
    }
    expect(names).toEqual(['Ordered 2', 'Ordered 1', 'Ordered 3'])
    await remove(made)
    await remove(more)
  })

  it('equals a computation of it in TypeScript, for any rules, leads and days', async () => {
    const countries = ['DE', 'FR', 'US'] as const
    const sources = ['WEB', 'EVENT'] as const
    const ruleOf = fc.record({
      country: fc.option(fc.constantFrom(...countries)),
      source: fc.constantFrom(...sources),
      points: fc.integer({ min: -100, max: 100 }),
      halfLifeDays: fc.option(fc.integer({ min: 1, max: 20 })),
    })
    const leadOf = fc.record({ country: fc.constantFrom(...countries), source: fc.constantFrom(...sources) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(ruleOf, { minLength: 1, maxLength: 4 }),
        fc.array(leadOf, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 60 }),
        async (rules, leads, days) => {
          const made: Made[] = []
          for (const [index, { country, source, points, halfLifeDays }] of rules.entries())
            made.push(
              await rule({
                name: `Any ${index}`,
                filter: { source: { equals: source }, ...(country ? { country: { equals: country } } : {}) },
                points,
                halfLifeDays,
              }),
            )
          const stored = []
          for (const values of leads) stored.push({ values, record: await addLead(admin(), values) })
          now = new Date(now.getTime() + days * DAY_MS)
          const touched = []
          for (const { values, record } of stored)
            touched.push({ values, record: await update('Lead', record, { description: 'Touched' }) })
          for (const { values, record } of touched) {
            const met = rules.filter(
              ({ country, source }) => source === values.source && (!country || country === values.country),
            )
            const expected = met.reduce((sum, each) => sum + decayed(each.points, each.halfLifeDays, days), 0)
            expect(at(await read(record), 'score')).toBe(expected)
          }
          for (const each of made) await remove(each)
        },
      ),
      { numRuns: 8 },
    )
  })
})

it('the points decay every day, although nothing is written', async () => {
  const made = await rule({ name: 'Fading', filter: { lastName: { equals: 'Fading' } }, points: 100, halfLifeDays: 10 })
  const lead = await addLead(admin(), { lastName: 'Fading' })
  const decay = () => runJobNow(backgroundOf(app), admin().actor.workspaceId, 'leads.decayScores')
  const before = await read(lead)
  await decay()
  expect(await read(lead)).toEqual(before)
  now = new Date(now.getTime() + 10 * DAY_MS)
  await decay()
  expect(await read(lead)).toMatchObject({
    version: lead.version,
    score: 50,
    scoredAt: now.toISOString(),
    scoreReasons: [{ rule: 'Fading', points: 50 }],
  })
  await remove(made)
})

/** `points × 0.5 ^ (days / halfLifeDays)`, rounded half away from zero. */
function decayed(points: number, halfLifeDays: number | null, days: number): number {
  if (halfLifeDays === null) return points
  const left = Math.abs(points) * 0.5 ** (days / halfLifeDays)
  return Math.sign(points) * Math.round(left) + 0
}

describe('a scoring rule', () => {
  const refused = (client: ReturnType<typeof admin>, filter: unknown) =>
    client.query(
      'mutation ($input: CreateLeadScoringRuleInput!) { createLeadScoringRule(input: $input) { userErrors { code path message } } }',
      { input: { name: 'Wrong', points: 1, filter } },
    )

  it.each([[{}], [{ nonsense: 1 }], [{ country: {} }], ['text'], [[]]])('refuses the filter %j', async (filter) => {
    const { data } = await refused(admin(), filter)
    expect(at(data, 'createLeadScoringRule.userErrors')).toMatchObject([{ code: 'INVALID', path: ['input', 'filter'] }])
  })

  it('filters only by fields that its author may read', async () => {
    const author = await userWho(app, ['leadScoringRule:create', 'leadScoringRule:read', 'lead.lastName:read'])
    const { errors } = await refused(author, { email: { startsWith: 'a' } })
    expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'lead.email:read' })
  })
})
