import { afterAll, beforeAll, expect, it } from 'vitest'
import { at, listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { act, addLead, mustAct, mustConvert } from './leads.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ now: () => new Date('2026-03-01T12:00:00Z') })
})
afterAll(() => app.close())

const member = () => app.as('member')
const codes = (payload: unknown) => listAt(payload, 'userErrors').map((error) => at(error, 'code'))

const ACTS = {
  startLead: ['OPEN', 'RECYCLED'],
  disqualifyLead: ['OPEN', 'WORKING', 'RECYCLED'],
  recycleLead: ['OPEN', 'WORKING', 'DISQUALIFIED'],
  reopenLead: ['DISQUALIFIED', 'RECYCLED'],
} as const
const INPUT = { disqualifyLead: { reason: 'NO_BUDGET', comment: 'Next year, perhaps.' } } as const

/** Returns a lead with a status. */
async function leadThatIs(status: string) {
  const lead = await addLead(member())
  if (status === 'WORKING') return mustAct(member(), 'startLead', lead)
  if (status === 'DISQUALIFIED') return mustAct(member(), 'disqualifyLead', { ...lead, reason: 'NO_NEED' })
  if (status === 'RECYCLED') return mustAct(member(), 'recycleLead', { ...lead, recycleOn: '2027-01-31' })
  if (status !== 'CONVERTED') return lead
  await mustConvert(member(), { ...lead })
  return { id: lead.id, version: lead.version + 1 }
}

it.each(Object.entries(ACTS))('%s is allowed for a lead that is %j only', async (name, allowed) => {
  for (const status of ['OPEN', 'WORKING', 'CONVERTED', 'DISQUALIFIED', 'RECYCLED']) {
    const input = { ...(await leadThatIs(status)), ...(name === 'disqualifyLead' ? INPUT.disqualifyLead : {}) }
    const isAllowed = allowed.some((each) => each === status)
    expect([status, codes(await act(member(), name, input))]).toEqual([status, isAllowed ? [] : ['RULE_VIOLATION']])
  }
})

it('the reason of a status is stored with it, and removed by the next one', async () => {
  const lead = await mustAct(member(), 'disqualifyLead', { ...(await addLead(member())), ...INPUT.disqualifyLead })
  const read = () =>
    member().must('query ($id: ID!) { lead(id: $id) { status disqualificationReason statusComment recycleOn } }', {
      id: lead.id,
    })
  expect(await read()).toEqual({
    lead: {
      status: 'DISQUALIFIED',
      disqualificationReason: 'NO_BUDGET',
      statusComment: 'Next year, perhaps.',
      recycleOn: null,
    },
  })
  const recycled = await mustAct(member(), 'recycleLead', { ...lead, recycleOn: '2027-01-31' })
  expect(await read()).toEqual({
    lead: { status: 'RECYCLED', disqualificationReason: null, statusComment: null, recycleOn: '2027-01-31' },
  })
  await mustAct(member(), 'startLead', recycled)
  expect(at(await read(), 'lead')).toMatchObject({ status: 'WORKING', recycleOn: null })
})

it('a lead is recycled until a day after today', async () => {
  const lead = await addLead(member())
  for (const recycleOn of ['2026-02-28', '2026-03-01'])
    expect(at(await act(member(), 'recycleLead', { ...lead, recycleOn }), 'userErrors')).toMatchObject([
      { code: 'INVALID', path: ['input', 'recycleOn'] },
    ])
  await mustAct(member(), 'recycleLead', { ...lead, recycleOn: '2026-03-02' })
})

it('a converted lead is not updated any more', async () => {
  const lead = await leadThatIs('CONVERTED')
  const data = await member().must(
    'mutation ($input: UpdateLeadInput!) { updateLead(input: $input) { userErrors { code path } } }',
    { input: { ...lead, lastName: 'Changed' } },
  )
  expect(at(data, 'updateLead.userErrors')).toEqual([{ code: 'RULE_VIOLATION', path: ['input', 'id'] }])
})
