import { at, createPluginTestApp, listAt, type PluginTestApp } from 'rapport/plugin/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import plugin from '../plugin.ts'

let app: PluginTestApp
/** The lists of domains that the bureau was asked for. */
const asked: unknown[] = []

beforeAll(async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    asked.push(JSON.parse(String(init?.body)))
    return Response.json({ 'acme.example': 90, 'globex.example': 20 })
  })
  app = await createPluginTestApp({ plugins: [{ plugin }] })
  const admin = app.as('admin')
  await admin.must(
    `mutation ($input: UpdatePluginSettingsInput!) { updatePluginSettings(input: $input) { userErrors { message } } }`,
    {
      input: { pluginId: 'creditrating', settings: { bureauUrl: 'https://bureau.example/scores' } },
    },
  )
  const create = async (name: string, revenue: string | null, parentId?: unknown) => {
    const input = {
      name,
      domains: [{ domain: `${name.toLowerCase()}.example` }],
      ...(revenue === null ? {} : { annualRevenue: { amount: revenue, currency: 'EUR' } }),
      ...(parentId ? { parentId } : {}),
    }
    const data = await admin.must(
      'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } userErrors { message } } }',
      { input },
    )
    return at(data, 'createAccount.account.id')
  }
  const acme = await create('Acme', '50000')
  await create('Globex', '900', acme)
  await create('Initech', null, acme)
})
afterAll(async () => {
  vi.restoreAllMocks()
  await app.close()
})

it('the plugin creditrating rates accounts with one statement, and asks the bureau once for all of them', async () => {
  app.resetStatements()
  const data = await app.as('member').must(`{
    accounts(orderBy: [{ name: ASC }]) { nodes { name creditGrade creditRating { score branches } glo: creditRating(branchesLike: "Glo") { branches } } }
  }`)
  expect(listAt(data, 'accounts.nodes')).toEqual([
    { name: 'Acme', creditGrade: 'GOOD', creditRating: { score: 90, branches: 2 }, glo: { branches: 1 } },
    { name: 'Globex', creditGrade: 'POOR', creditRating: { score: 20, branches: 0 }, glo: { branches: 0 } },
    { name: 'Initech', creditGrade: 'UNKNOWN', creditRating: { score: null, branches: 0 }, glo: { branches: 0 } },
  ])
  expect(asked).toEqual([['acme.example', 'globex.example', 'initech.example']])
})

it('the plugin creditrating leads to the largest branches, and finds accounts with a large revenue', async () => {
  const data = await app.as('member').must(`{
    creditworthyAccounts { name largestBranches { name creditGrade } }
  }`)
  expect(at(data, 'creditworthyAccounts')).toEqual([
    { name: 'Acme', largestBranches: [{ name: 'Globex', creditGrade: 'POOR' }] },
  ])
})
