import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, textsAt } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact, addInteraction, addTask, setDeleted } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
  const admin = app.as('admin')
  for (const name of [
    'Müller & Söhne GmbH',
    'Muellerei Nord',
    'Acme Trading',
    'Acme',
    'The Acme Holding Company',
    'Bäckerei Ährenkorn',
    "O'Reilly Press",
    'Straße 7',
    'Łódź Textiles',
    'Zebra',
  ])
    await addAccount(admin, { name })
  await addAccount(admin, { name: 'By site', website: 'hidden-gem.example', industry: 'Woodwork', tier: 'Platinum' })
  await addContact(admin, {
    firstName: 'Ada',
    lastName: 'Lovelace',
    jobTitle: 'Mathematician',
    emails: [{ address: 'ada.lovelace@analytical.example' }],
    phones: [{ number: '+4930901820' }],
  })
  await addContact(admin, { firstName: 'Renée', lastName: 'Zellweger', emails: [{ address: 'renee@acme.example' }] })
  await addInteraction(admin, 'email', {
    subject: 'Quarterly invoice',
    body: 'Please find attached the quotation for ninety widgets.',
  })
  await addTask(admin, { title: 'Prepare the presentation' })
})
afterAll(() => app.close())

async function accounts(search: string, client: TestClient = app.as('reader')): Promise<string[]> {
  return textsAt(
    await client.must('query ($search: String) { accounts(search: $search) { nodes { name } } }', { search }),
    'accounts.nodes',
    'name',
  )
}

async function contacts(search: string): Promise<string[]> {
  return textsAt(
    await app
      .as('reader')
      .must('query ($search: String) { contacts(search: $search) { nodes { fullName } } }', { search }),
    'contacts.nodes',
    'fullName',
  )
}

describe('a search', () => {
  it('finds whole words, beginnings of words, and several words in any order', async () => {
    expect(await accounts('zebra')).toEqual(['Zebra'])
    expect(await accounts('ZEB')).toEqual(['Zebra'])
    expect(await accounts('tradi')).toEqual(['Acme Trading'])
    expect(await accounts('company acme')).toContain('The Acme Holding Company')
    expect(await accounts('acme nothing')).toEqual([])
  })

  it('ranks the closest match first', async () => {
    expect(await accounts('acme')).toEqual(['Acme', 'Acme Trading', 'The Acme Holding Company'])
  })

  it.each([
    ['muller', 'Müller & Söhne GmbH'],
    ['SÖHNE', 'Müller & Söhne GmbH'],
    ['backerei ahrenkorn', 'Bäckerei Ährenkorn'],
    ['reilly', "O'Reilly Press"],
    ['lodz', 'Łódź Textiles'],
    ['strasse', 'Straße 7'],
  ])('ignores case and accents: %s', async (search, name) => {
    expect(await accounts(search)).toContain(name)
  })

  it.each([
    ['a missing letter', 'Zllweger'],
    ['a doubled letter', 'Zellweeger'],
    ['an extra letter', 'Zelleweger'],
    ['a wrong vowel', 'Zallweger'],
  ])('finds a name in spite of %s', async (_, search) => {
    expect(await contacts(search)).toContain('Renée Zellweger')
  })

  it('finds contacts by job title, by parts of their e-mail address and by telephone number', async () => {
    for (const search of [
      'mathema',
      'ada.lovelace@analytical.example',
      'ada.lovelace',
      'lovelace@analytical',
      'analytical',
      '4930901820',
      '+4930901820',
    ]) {
      expect([search, await contacts(search)]).toEqual([search, ['Ada Lovelace']])
    }
    expect(await contacts('acme')).toEqual(['Renée Zellweger'])
  })

  it('looks at website, industry and tier of accounts, subject and body of interactions, and titles of tasks', async () => {
    for (const search of ['hidden-gem', 'woodwork', 'platinum'])
      expect([search, await accounts(search)]).toEqual([search, ['By site']])
    const interactions = async (search: string) =>
      at(
        await app
          .as('reader')
          .must('query ($search: String) { interactions(search: $search) { totalCount } }', { search }),
        'interactions.totalCount',
      )
    expect([
      await interactions('invoice'),
      await interactions('quotation widgets'),
      await interactions('nothing'),
    ]).toEqual([1, 1, 0])
    expect(at(await app.as('reader').must('{ tasks(search: "presen") { totalCount } }'), 'tasks.totalCount')).toBe(1)
  })

  it('treats special characters as text, not as search operators', async () => {
    for (const search of [
      "zebra'",
      'zebra & | !',
      'zebra:*',
      '(zebra',
      'zebra)',
      '<-> zebra',
      'zebra\\',
      '"zebra"',
      '%zebra%',
    ])
      expect([search, await accounts(search)]).toEqual([search, ['Zebra']])
  })

  it('can be combined with a filter, finds a changed record by its new values only, and finds no deleted record', async () => {
    const made = await addAccount(app.as('admin'), { name: 'Quokka', industry: 'Zoo' })
    const find =
      'query ($search: String, $filter: AccountFilter) { accounts(search: $search, filter: $filter) { totalCount } }'
    const count = async (search: string, industry: string) =>
      at(
        await app.as('reader').must(find, { search, filter: { industry: { equals: industry } } }),
        'accounts.totalCount',
      )
    expect([await count('quokka', 'Zoo'), await count('quokka', 'Circus')]).toEqual([1, 0])
    await app
      .as('admin')
      .must('mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id } } }', {
        input: { id: made.id, version: 1, name: 'Wombat' },
      })
    expect([await accounts('quokka'), await accounts('wombat')]).toEqual([[], ['Wombat']])
    await setDeleted(app.as('admin'), 'delete', 'Account', { id: made.id, version: 2 })
    expect(await accounts('wombat')).toEqual([])
  })

  it('finds no record of another workspace', async () => {
    expect(await accounts('acme', app.as('admin', 'globex'))).toEqual([])
  })

  it('is refused when it has more than 200 characters or 8 words', async () => {
    const run = (search: string) =>
      app.as('reader').query('query ($search: String) { accounts(search: $search) { totalCount } }', { search })
    expect(errorCodes(await run('x'.repeat(201)))).toEqual(['BAD_USER_INPUT'])
    expect(errorCodes(await run('a b c d e f g h i'))).toEqual(['BAD_USER_INPUT'])
  })
})
