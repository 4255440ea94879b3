import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, refusals, textsAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact, addInteraction, type Made, setDeleted } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const UPDATE =
  'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { version } userErrors { code path } } }'
const CREATE =
  'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id website phone domains { domain isPrimary } } userErrors { code path message } } }'

async function move(made: Made, parentId: string | null, version = made.version): Promise<unknown> {
  return at(await app.as('member').must(UPDATE, { input: { id: made.id, version, parentId } }), 'updateAccount')
}

async function create(input: Readonly<Record<string, unknown>>): Promise<unknown> {
  return at(await app.as('member').must(CREATE, { input }), 'createAccount')
}

/** Creates accounts, each the parent of the next. */
async function chain(name: string, length: number, top: string | null = null): Promise<Made[]> {
  const made: Made[] = []
  for (let level = 0; level < length; level++)
    made.push(await addAccount(app.as('member'), { name: `${name} ${level}`, parentId: made.at(-1)?.id ?? top }))
  return made
}

function nth(list: readonly Made[], index: number): Made {
  const made = list.at(index)
  if (!made) throw new Error(`There is no element ${index}.`)
  return made
}

describe('the hierarchy of accounts', () => {
  it('can be read from an account: its ancestors, its subsidiaries, and counts of the records in its subtree', async () => {
    const member = app.as('member')
    const levels = await chain('Group', 3)
    const ada = await addContact(member, {
      lastName: 'Ada',
      accounts: [{ accountId: nth(levels, 2).id }, { accountId: nth(levels, 1).id }],
    })
    await addContact(member, { lastName: 'Grace', accounts: [{ accountId: nth(levels, 0).id }] })
    await addInteraction(member, 'call', { participants: [{ contactId: ada.id }] })
    await addInteraction(member, 'note', { regardingIds: [nth(levels, 2).id] })
    const read = `query ($id: ID!) { account(id: $id) {
      ancestors { name } subsidiaries { nodes { name } } subtree { accountCount contactCount interactionCount }
    } }`
    expect(await member.must(read, { id: nth(levels, 0).id })).toEqual({
      account: {
        ancestors: [],
        subsidiaries: { nodes: [{ name: 'Group 1' }] },
        subtree: { accountCount: 3, contactCount: 2, interactionCount: 2 },
      },
    })
    expect(await member.must(read, { id: nth(levels, 2).id })).toEqual({
      account: {
        ancestors: [{ name: 'Group 1' }, { name: 'Group 0' }],
        subsidiaries: { nodes: [] },
        subtree: { accountCount: 1, contactCount: 1, interactionCount: 2 },
      },
    })
  })

  it('does not allow an account to have itself or an account below it as its parent', async () => {
    const levels = await chain('Circle', 3)
    for (const below of levels)
      expect(await move(nth(levels, 0), below.id)).toMatchObject({
        account: null,
        userErrors: [{ path: ['input', 'parentId'] }],
      })
    expect(await move(nth(levels, 2), nth(levels, 0).id)).toEqual({ account: { version: 2 }, userErrors: [] })
  })

  it('does not become a circle when two accounts are moved below each other at the same time: one move is refused', async () => {
    for (let round = 0; round < 5; round++) {
      const [one, two] = [
        await addAccount(app.as('member'), { name: 'One' }),
        await addAccount(app.as('member'), { name: 'Two' }),
      ]
      const answers = await Promise.all([move(one, two.id), move(two, one.id)])
      expect(answers.filter((answer) => at(answer, 'account'))).toHaveLength(1)
      expect(answers.flatMap((answer) => textsAt(answer, 'userErrors', 'code'))).toEqual(['RULE_VIOLATION'])
    }
  })

  it('is at most 50 levels deep, also when an account is moved together with the accounts below it', async () => {
    const trunk = await chain('Trunk', 50)
    expect(await create({ name: 'Level 51', parentId: nth(trunk, -1).id })).toMatchObject({
      account: null,
      userErrors: [{ code: 'RULE_VIOLATION', path: ['input', 'parentId'] }],
    })
    const branch = await chain('Branch', 3)
    expect(await move(nth(branch, 0), nth(trunk, -2).id)).toMatchObject({
      account: null,
      userErrors: [{ code: 'RULE_VIOLATION' }],
    })
    expect(await move(nth(branch, 0), nth(trunk, -4).id)).toMatchObject({ account: { version: 2 } })
  })

  it('does not show a deleted parent, and shows it as the parent again once it is restored', async () => {
    const [top, middle, leaf] = await chain('Hidden', 3)
    if (!top || !middle || !leaf) throw new Error('The chain is too short.')
    const gone = await setDeleted(app.as('member'), 'delete', 'Account', middle)
    const read = 'query ($id: ID!) { account(id: $id) { parent { name } ancestors { name } } }'
    expect(at(await app.as('member').must(read, { id: leaf.id }), 'account.parent')).toBeNull()
    await setDeleted(app.as('member'), 'restore', 'Account', gone)
    expect(await app.as('member').must(read, { id: leaf.id })).toEqual({
      account: { parent: { name: 'Hidden 1' }, ancestors: [{ name: 'Hidden 1' }, { name: 'Hidden 0' }] },
    })
  })
})

describe('domains of accounts', () => {
  it('are stored in lower case as ASCII, without scheme, www, path and port, when a URL is sent', async () => {
    const domains = ['https://www.Acme-Norm.example/about?x=1', 'BÜCHER.example', 'acme-norm.co.example:8080']
    const made = await create({
      name: 'Normal',
      website: ' HTTP://WWW.Site.Example. ',
      phone: '+49 (0)30 901820',
      domains: domains.map((domain) => ({ domain })),
    })
    expect(at(made, 'account')).toMatchObject({
      website: 'site.example',
      phone: '+4930901820',
      domains: [
        { domain: 'acme-norm.example', isPrimary: true },
        { domain: 'xn--bcher-kva.example', isPrimary: false },
        { domain: 'acme-norm.co.example', isPrimary: false },
      ],
    })
  })

  it('are refused when they are not domain names', async () => {
    for (const domain of [
      '',
      ' ',
      'acme',
      'acme..example',
      '-acme.example',
      'a b.example',
      `${'x'.repeat(64)}.example`,
      '\u0000.example',
      'acme.example\n.com',
      'mailto:ada@acme.example',
    ]) {
      const refused = await create({ name: 'Wrong', domains: [{ domain }] })
      expect([
        domain,
        at(refused, 'account'),
        listAt(refused, 'userErrors').map((error) => [at(error, 'code'), at(error, 'path')]),
      ]).toEqual([domain, null, [['INVALID', ['input', 'domains', '0', 'domain']]]])
    }
  })

  it('are refused when another account has the domain, when a domain is sent twice, and when two domains are primary', async () => {
    await create({ name: 'Holder', domains: [{ domain: 'held.example' }] })
    const taken = await create({ name: 'Other', domains: [{ domain: 'free.example' }, { domain: 'WWW.held.example' }] })
    expect(at(taken, 'userErrors')).toMatchObject([{ code: 'DUPLICATE', path: ['input', 'domains', '1', 'domain'] }])
    const twice = await create({
      name: 'Other',
      domains: [{ domain: 'twice.example' }, { domain: 'www.twice.example' }],
    })
    expect(refusals({ twice }, 'twice')).toEqual(['DUPLICATE'])
    const primary = await create({
      name: 'Other',
      domains: [
        { domain: 'p1.example', isPrimary: true },
        { domain: 'p2.example', isPrimary: true },
      ],
    })
    expect(refusals({ primary }, 'primary')).toEqual(['INVALID'])
  })

  it('of a deleted account can be given to another account, and then the deleted account cannot be restored', async () => {
    const member = app.as('member')
    const first = await addAccount(member, { name: 'First', domains: [{ domain: 'moving.example' }] })
    const gone = await setDeleted(member, 'delete', 'Account', first)
    const second = await addAccount(member, { name: 'Second', domains: [{ domain: 'moving.example' }] })
    const restore =
      'mutation ($input: RestoreAccountInput!) { restoreAccount(input: $input) { account { version } userErrors { code message } } }'
    const clash = await member.must(restore, { input: gone })
    expect(at(clash, 'restoreAccount')).toMatchObject({
      account: null,
      userErrors: [{ code: 'DUPLICATE', message: expect.stringContaining('moving.example') }],
    })
    await setDeleted(member, 'delete', 'Account', second)
    expect(at(await member.must(restore, { input: gone }), 'restoreAccount.account.version')).toBe(3)
    const taken = await create({ name: 'Third', domains: [{ domain: 'moving.example' }] })
    expect(refusals({ taken }, 'taken')).toEqual(['DUPLICATE'])
  })

  it('can be used by an account in each of two workspaces', async () => {
    await create({ name: 'Here', domains: [{ domain: 'both.example' }] })
    await addAccount(app.as('member', 'globex'), { name: 'There', domains: [{ domain: 'both.example' }] })
  })
})

describe('values of accounts', () => {
  it('are refused when a country, the founding year or the employee count is invalid', async () => {
    const nextYear = new Date().getUTCFullYear() + 1
    const wrong = await create({
      name: 'W',
      foundedYear: nextYear,
      employeeCount: -5,
      addresses: [
        { label: 'OFFICE', country: 'Germany' },
        { label: 'OFFICE', country: 'de' },
      ],
    })
    expect(textsAt(wrong, 'userErrors', 'code')).toEqual(['INVALID', 'INVALID', 'INVALID', 'INVALID'])
    const paths = listAt(wrong, 'userErrors').map((error) => listAt(error, 'path').slice(1).join('.'))
    expect(paths.toSorted()).toEqual(['addresses.0.country', 'addresses.1.country', 'employeeCount', 'foundedYear'])
  })

  it('include amounts of money, which are stored without rounding', async () => {
    for (const [sent, answered] of [
      ['1100040000.00', '1100040000.00'],
      ['0.1', '0.10'],
      ['-12.3456', '-12.3456'],
      ['9999999999999999.9999', '9999999999999999.9999'],
      ['0', '0.00'],
    ]) {
      const made = await app
        .as('member')
        .must(
          'mutation ($amount: Decimal!) { createAccount(input: { name: "M", annualRevenue: { amount: $amount, currency: JPY } }) { account { annualRevenue { amount currency } } } }',
          { amount: sent },
        )
      expect(at(made, 'createAccount.account.annualRevenue')).toEqual({ amount: answered, currency: 'JPY' })
    }
  })

  it('are refused when the owner belongs to another workspace or the team is unknown', async () => {
    const foreign = app.as('member', 'globex')
    const user = at(await foreign.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    const refused = await create({ name: 'Owned', ownerId: user, teamId: 'team_00000000000000000000000000' })
    expect(listAt(refused, 'userErrors').map((error) => [at(error, 'code'), at(error, 'path.1')])).toEqual([
      ['NOT_FOUND', 'ownerId'],
      ['NOT_FOUND', 'teamId'],
    ])
  })
})
