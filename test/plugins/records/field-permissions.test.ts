import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { askTally, type Deed, doTally, TALLY, tally } from '../tally/plugin.ts'

const permissions = ['contact.primaryEmail:read', 'account.name:read', 'account.name:update'] as const

let app: TestApp
let accountId: string
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: { ...tally, permissions }, directory: TALLY }] })
  const admin = app.as('admin')
  await admin.must(
    'mutation { createContact(input: { lastName: "Doe", emails: [{ address: "doe@acme.example" }] }) { contact { id } } }',
  )
  const created = await admin.must(
    'mutation { createAccount(input: { name: "Acme", industry: "Tools" }) { account { id } } }',
  )
  accountId = textAt(created, 'createAccount.account.id')
})
afterAll(() => app.close())

/** What the admin, who may do everything, gets of the plugin's query or operation, and the message of the first error. */
async function ask(deed: Deed, send: typeof askTally = askTally) {
  const { answer, errors } = await send(app.as('admin'), deed)
  return errors[0]?.message ?? answer
}

describe('a manifest with permissions on single fields', () => {
  it('lets `records` and `prisma` read these fields only', async () => {
    const read = await ask(async ({ records, prisma }) => {
      const [contact] = await records.find('Contact')
      return {
        records: [contact?.primaryEmail, contact?.lastName],
        prisma: await prisma.contact.findMany({ select: { primaryEmail: true, lastName: true } }),
      }
    })
    expect(read).toEqual({
      records: ['doe@acme.example', null],
      prisma: [{ primaryEmail: 'doe@acme.example', lastName: null }],
    })
  })

  it('lets `records` write these fields only', async () => {
    const update = (input: Readonly<Record<string, string>>) =>
      ask(async ({ records }) => (await records.update('Account', accountId, input)).userErrors, doTally)
    expect(await update({ name: 'Acme Ltd' })).toEqual([])
    expect(await update({ industry: 'Toys' })).toContain('account.industry:update')
    expect(await app.as('admin').must('{ accounts { nodes { name industry } } }')).toEqual({
      accounts: { nodes: [{ name: 'Acme Ltd', industry: 'Tools' }] },
    })
  })

  it('lets no other action happen', async () => {
    expect(await ask(({ records }) => records.delete('Account', accountId), doTally)).toBe(
      'The plugin tally may not do this: its permissions lack account:delete.',
    )
    expect(await ask(({ records }) => records.create('Account', { name: 'New' }), doTally)).toBe(
      'The plugin tally may not do this: its permissions lack account:create.',
    )
  })
})
