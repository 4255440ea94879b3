import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt } from '../../../src/testing/answers.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, addContact } from '../../support/records.ts'
import { rowCounts } from '../../support/rows.ts'
import { addLead, convert, mustAct, mustConvert, person } from './leads.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const member = () => app.as('member')

describe('convertLead refuses', () => {
  const refusal = async (input: object, client = member()) => {
    const before = await rowCounts(app.database.ownerPool)
    const payload = await convert(client, input)
    expect(await rowCounts(app.database.ownerPool)).toEqual(before)
    expect(payload).toMatchObject({ lead: null, account: null, contact: null, opportunity: null })
    return listAt(payload, 'userErrors')
  }

  it('an account and a contact that seem to exist, with candidates that say why', async () => {
    const values = person()
    const account = await addAccount(member(), { name: values.companyName.replace(' Ltd', ', LTD.') })
    const contact = await addContact(member(), {
      firstName: 'ADA',
      lastName: values.lastName,
      emails: [{ address: values.email }],
    })
    const lead = await addLead(member(), values)
    const [ofAccount, ofContact] = await refusal({ ...lead, account: { create: {} } })
    expect(ofAccount).toMatchObject({
      __typename: 'DuplicateRecordError',
      code: 'DUPLICATE',
      path: ['input', 'account'],
      candidates: [{ score: 85, record: { __typename: 'Account', id: account.id } }],
    })
    expect(ofContact).toMatchObject({
      path: ['input', 'contact'],
      candidates: [
        {
          score: 95,
          reasons: [`Same e-mail address: ${values.email}`, `Same name: ADA ${values.lastName}`],
          record: { __typename: 'Contact', id: contact.id },
        },
      ],
    })
    expect(await mustConvert(member(), { ...lead, account: { create: {} }, allowDuplicates: true })).toMatchObject({
      account: { name: values.companyName },
    })
  })

  it('nothing because of a record that is hidden from the caller, or a field that they may not read', async () => {
    const values = person()
    await addContact(member(), { lastName: 'Other', emails: [{ address: values.email }] })
    const common = ['lead:read', 'lead:update', 'contact:create', 'account:create'] as const
    for (const read of ['contact:read@own', 'contact.fullName:read'] as const) {
      const lead = await addLead(member(), { ...values, companyName: null })
      const converter = await userWho(app, [...common, read])
      const before = await rowCounts(app.database.ownerPool)
      expect(at(await convert(converter, lead), 'userErrors')).toEqual([])
      expect((await rowCounts(app.database.ownerPool))['contacts']).toBe((before['contacts'] ?? 0) + 1)
    }
  })

  it('an old version, and a disqualified lead', async () => {
    const lead = await addLead(member(), person())
    expect(await refusal({ ...lead, version: 9 })).toMatchObject([
      { __typename: 'StaleVersionError', path: ['input', 'version'] },
    ])
    const disqualified = await mustAct(member(), 'disqualifyLead', { ...lead, reason: 'NO_NEED' })
    expect(await refusal(disqualified)).toMatchObject([{ code: 'RULE_VIOLATION', path: ['input', 'id'] }])
  })

  it('ids that do not exist, before anything else', async () => {
    const lead = await addLead(member(), person())
    expect(
      await refusal({
        id: lead.id,
        version: 9,
        account: { connect: { id: 'account_x' } },
        contact: { connect: { id: lead.id } },
      }),
    ).toMatchObject([
      { code: 'NOT_FOUND', path: ['input', 'account', 'connect', 'id'] },
      { code: 'NOT_FOUND', path: ['input', 'contact', 'connect', 'id'] },
    ])
    const missing = { create: { name: 'Deal', ownerId: 'user_00000000000000000000000000' } }
    expect(await refusal({ ...lead, opportunity: missing })).toMatchObject([
      { code: 'NOT_FOUND', path: ['input', 'opportunity', 'create', 'ownerId'] },
    ])
  })

  it('an account without a name, and both a new and an existing account', async () => {
    const lead = await addLead(member(), { lastName: 'Nameless' })
    expect(await refusal({ ...lead, account: { create: {} } })).toMatchObject([
      { code: 'INVALID', path: ['input', 'account', 'create', 'name'] },
    ])
    const both = { create: {}, connect: { id: lead.id } }
    const { errors } = await member().query(
      'mutation ($input: ConvertLeadInput!) { convertLead(input: $input) { lead { id } } }',
      {
        input: { ...lead, account: both },
      },
    )
    expect(errors[0]?.extensions?.['code']).toBe('BAD_USER_INPUT')
  })

  it('whoever may not create a record that it makes', async () => {
    const lead = await addLead(member(), person())
    const all = ['lead:read', 'lead:update', 'account:create', 'contact:create', 'opportunity:create'] as const
    const before = await rowCounts(app.database.ownerPool)
    for (const missing of ['lead:update', 'account:create', 'contact:create', 'opportunity:create'] as const) {
      const client = await userWho(app, [...all.filter((each) => each !== missing), '*:read'])
      const { errors } = await client.query(
        'mutation ($input: ConvertLeadInput!) { convertLead(input: $input) { lead { id } } }',
        { input: { ...lead, account: { create: {} }, opportunity: { create: { name: 'Deal' } } } },
      )
      expect([missing, errors[0]?.extensions?.['permission']]).toEqual([missing, missing])
    }
    const after = await rowCounts(app.database.ownerPool)
    for (const table of ['accounts', 'contacts', 'opportunities']) expect(after[table]).toBe(before[table])
  })
})
