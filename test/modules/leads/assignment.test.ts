import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { type Person, userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord, type Made } from '../../support/records.ts'
import { rowCounts } from '../../support/rows.ts'

import { act, addLead } from './leads.ts'

let app: TestApp
let people: readonly Person[]
beforeAll(async () => {
  app = await createTestApp()
  people = [await userWho(app, ['lead:read']), await userWho(app, ['lead:read']), await userWho(app, ['lead:read'])]
})
afterAll(() => app.close())
beforeEach(async () => {
  const { ownerPool } = app.database
  await ownerPool.query('delete from lead_assignment_rules')
  await ownerPool.query('delete from leads')
})

const admin = () => app.as('admin')
const idOf = (person: Person | undefined) => encodeId('user', person?.actor.id ?? '')
const members = (chosen = people) => chosen.map((person) => ({ userId: idOf(person) }))

const addRule = (input: object) =>
  addRecord(admin(), 'LeadAssignmentRule', {
    name: `Rule ${Math.random()}`,
    strategy: 'ROUND_ROBIN',
    members: members(),
    ...input,
  })

async function ownerOf({ id }: Made): Promise<string> {
  return textAt(await admin().must('query ($id: ID!) { lead(id: $id) { owner { id } } }', { id }), 'lead.owner.id')
}

async function ownersOf(count: number, input: object = {}): Promise<string[]> {
  const owners: string[] = []
  for (let index = 0; index < count; index += 1) owners.push(await ownerOf(await addLead(admin(), input)))
  return owners
}

async function preview({ id }: Made) {
  const data = await admin().must(
    'query ($id: ID!) { previewLeadAssignment(leadId: $id) { assignee { id displayName } rule { name } reasons } }',
    { id },
  )
  return at(data, 'previewLeadAssignment')
}

describe('a new lead without an owner', () => {
  it('belongs to its creator where there is no rule, and to nobody where the caller says so', async () => {
    expect(await ownersOf(1)).toEqual([encodeId('user', admin().actor.id)])
    const lead = await addLead(admin(), { ownerId: null })
    expect(await admin().must('query ($id: ID!) { lead(id: $id) { owner { id } } }', { id: lead.id })).toEqual({
      lead: { owner: null },
    })
  })

  it('goes to the members of a rule in turn', async () => {
    await addRule({})
    const ids = people.map(idOf)
    expect(await ownersOf(6)).toEqual([...ids, ...ids])
  })

  it('goes to them in turn in a bulk mutation, and when leads are created at the same time', async () => {
    await addRule({})
    await admin().must(
      'mutation ($input: CreateLeadsInput!) { createLeads(input: $input) { createdCount userErrors { message } } }',
      { input: { records: Array.from({ length: 9 }, () => ({ lastName: 'Bulk' })), errorPolicy: 'REJECT_ALL' } },
    )
    await Promise.all(Array.from({ length: 12 }, () => addLead(admin())))
    const { rows } = await app.database.ownerPool.query<{ count: number }>(
      'select count(*)::int as count from leads group by owner_id',
    )
    expect(rows).toEqual([{ count: 7 }, { count: 7 }, { count: 7 }])
  })

  it('goes to the member with the fewest open leads, also in a bulk mutation', async () => {
    await addLead(admin(), { ownerId: idOf(people[0]) })
    await addLead(admin(), { ownerId: idOf(people[1]) })
    await addRule({ strategy: 'LEAST_LOADED' })
    expect(await ownersOf(1)).toEqual([idOf(people[2])])
    await admin().must('mutation ($input: CreateLeadsInput!) { createLeads(input: $input) { createdCount } }', {
      input: { records: Array.from({ length: 6 }, () => ({ lastName: 'Bulk' })), errorPolicy: 'REJECT_ALL' },
    })
    const { rows } = await app.database.ownerPool.query<{ count: number }>(
      'select count(*)::int as count from leads group by owner_id',
    )
    expect(rows).toEqual([{ count: 3 }, { count: 3 }, { count: 3 }])
  })

  it('goes to the member of its territory: postal code, then region, then country, then the next rule', async () => {
    const [south, bavaria, germany] = people
    await addRule({
      name: 'Territories',
      position: 1,
      strategy: 'TERRITORY',
      members: [
        { userId: idOf(germany), countries: ['DE'] },
        { userId: idOf(bavaria), countries: ['DE'], regions: ['Bavaria'] },
        { userId: idOf(south), countries: ['DE'], postalCodes: ['80', '81'] },
      ],
    })
    await addRule({
      name: 'Everything else',
      position: 2,
      members: [{ userId: encodeId('user', app.as('reader').actor.id) }],
    })
    const owners = []
    for (const input of [
      { country: 'DE', region: 'bavaria', postalCode: '80331' },
      { country: 'DE', region: 'BAVARIA', postalCode: '90402' },
      { country: 'DE', region: 'Hesse' },
      { country: 'FR', postalCode: '80000' },
      {},
    ])
      owners.push(...(await ownersOf(1, input)))
    const rest = encodeId('user', app.as('reader').actor.id)
    expect(owners).toEqual([idOf(south), idOf(bavaria), idOf(germany), rest, rest])
  })

  it('is given by the first rule in order whose filter it meets, by values that are not stored yet', async () => {
    await addRule({ position: 2, members: members(people.slice(0, 1)) })
    await addRule({ position: 1, filter: { fullName: { equals: 'Ada Byron' } }, members: members(people.slice(1, 2)) })
    expect(await ownersOf(1, { firstName: 'Ada', lastName: 'Byron' })).toEqual([idOf(people[1])])
    expect(await ownersOf(1)).toEqual([idOf(people[0])])
  })

  it('stays with a creator who may create leads of their own only', async () => {
    await addRule({})
    const own = await userWho(app, ['lead:create@own', 'lead:read@own'])
    const lead = await addLead(own)
    expect(await ownerOf(lead)).toBe(encodeId('user', own.actor.id))
  })

  it('never goes to a suspended user', async () => {
    await addRule({ members: members(people.slice(0, 2)) })
    const { ownerPool } = app.database
    await ownerPool.query('update actors set is_active = false where id = $1', [people[0]?.actor.id])
    expect(await ownersOf(2)).toEqual([idOf(people[1]), idOf(people[1])])
    await ownerPool.query('update actors set is_active = true where id = $1', [people[0]?.actor.id])
  })
})

describe('previewLeadAssignment', () => {
  it('says who would get the lead and why, changes nothing, and agrees with assignLead', async () => {
    const lead = await addLead(admin())
    await addRule({ name: 'In turn' })
    const before = await rowCounts(app.database.ownerPool)
    const first = await preview(lead)
    expect(first).toMatchObject({
      assignee: { id: idOf(people[0]) },
      rule: { name: 'In turn' },
      reasons: [expect.stringContaining('has got no lead by the rule yet')],
    })
    expect(await preview(lead)).toEqual(first)
    expect(await rowCounts(app.database.ownerPool)).toEqual(before)
    expect(at(await act(admin(), 'assignLead', lead), 'userErrors')).toEqual([])
    expect(await ownerOf(lead)).toBe(idOf(people[0]))
    expect(at(await preview(lead), 'assignee.id')).toBe(idOf(people[1]))
  })

  it('says when no rule fits, and is null for a lead that does not exist', async () => {
    const lead = await addLead(admin())
    expect(await preview(lead)).toEqual({ assignee: null, rule: null, reasons: ['No rule has a member for the lead.'] })
    expect(await preview({ id: 'lead_00000000000000000000000000', version: 1 })).toBeNull()
    expect(listAt(await act(admin(), 'assignLead', lead), 'userErrors')).toMatchObject([{ code: 'RULE_VIOLATION' }])
  })

  it('is refused to callers who could learn a hidden field of the lead from the rule that fits', async () => {
    const lead = await addLead(admin())
    await addRule({ filter: { email: { startsWith: 'a' } } })
    const places = ['lead.country:read', 'lead.region:read', 'lead.postalCode:read'] as const
    const curious = await userWho(app, ['leadAssignmentRule:read', 'lead.lastName:read', ...places])
    const { errors } = await curious.query('query ($id: ID!) { previewLeadAssignment(leadId: $id) { reasons } }', {
      id: lead.id,
    })
    expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'lead.email:read' })
  })
})
