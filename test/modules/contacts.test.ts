import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, refusals, textsAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact, setDeleted } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const RECORD = `contact {
  id version fullName primaryEmail primaryPhone
  emails { address label isPrimary } phones { number label isPrimary }
  accounts { edges { role startedOn endedOn isPrimary node { name } } }
}`
const CREATE = `mutation ($input: CreateContactInput!) { createContact(input: $input) { ${RECORD} userErrors { code path message } } }`
const UPDATE = `mutation ($input: UpdateContactInput!) { updateContact(input: $input) { ${RECORD} userErrors { code path message } } }`

async function create(input: Readonly<Record<string, unknown>>): Promise<unknown> {
  return at(await app.as('member').must(CREATE, { input: { lastName: 'Lovelace', ...input } }), 'createContact')
}

async function update(input: Readonly<Record<string, unknown>>): Promise<unknown> {
  return at(await app.as('member').must(UPDATE, { input }), 'updateContact')
}

function problems(answer: unknown): string[] {
  return listAt(answer, 'userErrors').map((error) => `${String(at(error, 'code'))} ${listAt(error, 'path').join('.')}`)
}

describe('names of contacts', () => {
  it('are trimmed, and fullName is the first name and the last name with a space between', async () => {
    expect(at(await create({ firstName: ' Ada ', lastName: ' Lovelace ' }), 'contact.fullName')).toBe('Ada Lovelace')
    expect(at(await create({ lastName: 'Plato' }), 'contact.fullName')).toBe('Plato')
    expect(at(await create({ firstName: '', lastName: '👩‍🚀 山田' }), 'contact.fullName')).toBe('👩‍🚀 山田')
  })
})

describe('e-mail addresses of contacts', () => {
  it('are stored in lower case, and the first one is the primary address unless another one is marked as primary', async () => {
    const first = await create({
      emails: [{ address: ' Ada@Acme.Example ' }, { address: 'ada@home.example', label: 'HOME' }],
    })
    expect(at(first, 'contact')).toMatchObject({
      primaryEmail: 'ada@acme.example',
      emails: [
        { address: 'ada@acme.example', label: 'WORK', isPrimary: true },
        { address: 'ada@home.example', label: 'HOME', isPrimary: false },
      ],
    })
    const marked = await create({
      emails: [{ address: 'a@acme.example' }, { address: 'b@acme.example', isPrimary: true }],
    })
    expect(at(marked, 'contact.primaryEmail')).toBe('b@acme.example')
  })

  it('set primaryEmail anew when the list of addresses is replaced, and to null when the list is removed', async () => {
    const made = await addContact(app.as('member'), {
      lastName: 'Steps',
      emails: [{ address: 'old@acme.example' }],
      phones: [{ number: '+4930901820' }],
    })
    const replaced = await update({
      id: made.id,
      version: 1,
      emails: [{ address: 'new@acme.example' }, { address: 'old@acme.example' }],
    })
    expect(at(replaced, 'contact')).toMatchObject({ primaryEmail: 'new@acme.example', primaryPhone: '+4930901820' })
    expect(at(await update({ id: made.id, version: 2, emails: null }), 'contact')).toMatchObject({
      primaryEmail: null,
      emails: [],
      primaryPhone: '+4930901820',
    })
  })

  it('are refused when they are invalid, repeated, more than 50, or two of them primary', async () => {
    for (const address of [
      '',
      'ada',
      'ada@',
      '@acme.example',
      'ada@acme',
      'a b@acme.example',
      'ada@acme.example\u0000',
      'ada@acme.example, bob@acme.example',
    ]) {
      expect([address, problems(await create({ emails: [{ address }] }))]).toEqual([
        address,
        ['INVALID input.emails.0.address'],
      ])
    }
    expect(
      problems(
        await create({
          emails: [
            { address: 'ada@acme.example', isPrimary: true },
            { address: 'b@acme.example', isPrimary: true },
          ],
        }),
      ),
    ).toEqual(['INVALID input.emails'])
    const twice = await create({ emails: [{ address: 'same@acme.example' }, { address: 'Same@acme.example' }] })
    expect(refusals({ twice }, 'twice')).toEqual(['DUPLICATE'])
    expect(at(twice, 'userErrors.0.path.1')).toBe('emails')
    expect(
      problems(
        await create({ emails: Array.from({ length: 51 }, (_, index) => ({ address: `a${index}@acme.example` })) }),
      ),
    ).toEqual(['INVALID input.emails'])
  })

  it('can be used by two contacts', async () => {
    for (const lastName of ['One', 'Two'])
      await addContact(app.as('member'), { lastName, emails: [{ address: 'office@acme.example' }] })
  })
})

describe('telephone numbers of contacts', () => {
  it('are stored in E.164 form', async () => {
    const made = await create({
      phones: [
        { number: '+49 (0)30 / 90-18 20', label: 'MOBILE' },
        { number: '+1 202-555-0143', isPrimary: true },
      ],
    })
    expect(at(made, 'contact')).toMatchObject({
      primaryPhone: '+12025550143',
      phones: [
        { number: '+4930901820', label: 'MOBILE', isPrimary: false },
        { number: '+12025550143', label: 'WORK', isPrimary: true },
      ],
    })
  })

  it('are refused when they have no country code, and when no such number can exist', async () => {
    for (const number of [
      '',
      '030 901820',
      '+49',
      '+999 123456',
      '+1 111 111 1111',
      'call me',
      '+49 30 901820 or +49 30 901821',
    ]) {
      expect([number, problems(await create({ phones: [{ number }] }))]).toEqual([
        number,
        ['INVALID input.phones.0.number'],
      ])
    }
  })
})

describe('roles of contacts in accounts', () => {
  it('have a start day and an end day, can be marked as primary, and can be several in one account', async () => {
    const [acme, globex] = [
      await addAccount(app.as('member'), { name: 'Acme' }),
      await addAccount(app.as('member'), { name: 'Globex' }),
    ]
    const made = await create({
      accounts: [
        { accountId: acme.id, role: 'Buyer', startedOn: '2020-01-01', endedOn: '2021-12-31' },
        { accountId: globex.id, role: 'Adviser' },
        { accountId: acme.id, role: 'Head of Purchasing', startedOn: '2022-01-01', isPrimary: true },
      ],
    })
    const edges = listAt(made, 'contact.accounts.edges')
    expect(edges).toEqual([
      { role: 'Buyer', startedOn: '2020-01-01', endedOn: '2021-12-31', isPrimary: false, node: { name: 'Acme' } },
      { role: 'Adviser', startedOn: null, endedOn: null, isPrimary: false, node: { name: 'Globex' } },
      { role: 'Head of Purchasing', startedOn: '2022-01-01', endedOn: null, isPrimary: true, node: { name: 'Acme' } },
    ])
    const back = await app
      .as('member')
      .must('query ($id: ID!) { account(id: $id) { contacts { totalCount edges { role node { fullName } } } } }', {
        id: acme.id,
      })
    expect(textsAt(back, 'account.contacts.edges', 'role')).toEqual(['Buyer', 'Head of Purchasing'])
  })

  it('are refused when a role ends before it starts, when its account is deleted or of another workspace, and when two roles are primary', async () => {
    const acme = await addAccount(app.as('member'), { name: 'Acme' })
    const backwards = await create({
      accounts: [{ accountId: acme.id, startedOn: '2024-05-02', endedOn: '2024-05-01' }],
    })
    expect(refusals({ backwards }, 'backwards')).toEqual(['INVALID'])
    const foreign = await addAccount(app.as('member', 'globex'), { name: 'Foreign' })
    const gone = await addAccount(app.as('member'), { name: 'Gone' })
    await setDeleted(app.as('member'), 'delete', 'Account', gone)
    expect(
      problems(await create({ accounts: [{ accountId: acme.id }, { accountId: foreign.id }, { accountId: gone.id }] })),
    ).toEqual(['NOT_FOUND input.accounts.1.accountId', 'NOT_FOUND input.accounts.2.accountId'])
    expect(
      problems(
        await create({
          accounts: [
            { accountId: acme.id, isPrimary: true },
            { accountId: acme.id, isPrimary: true },
          ],
        }),
      ),
    ).toEqual(['INVALID input.accounts'])
  })

  it('are not listed while the account is deleted', async () => {
    const acme = await addAccount(app.as('member'), { name: 'Vanishing' })
    const made = await addContact(app.as('member'), { lastName: 'Stays', accounts: [{ accountId: acme.id }] })
    await setDeleted(app.as('member'), 'delete', 'Account', acme)
    expect(
      at(
        await app
          .as('member')
          .must('query ($id: ID!) { contact(id: $id) { accounts { totalCount } } }', { id: made.id }),
        'contact.accounts.totalCount',
      ),
    ).toBe(0)
  })
})
