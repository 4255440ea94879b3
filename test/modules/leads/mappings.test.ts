import { afterAll, beforeAll, expect, it } from 'vitest'
import { defineMapping, definePlugin, defineRule, mustSucceed } from '../../../src/plugin.ts'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { HOMES, homes } from '../../plugins/homes/plugin.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { rowCounts } from '../../support/rows.ts'
import { addLead, CONVERT, mustConvert, person } from './leads.ts'

/** A lead that is converted becomes a household of its account, too. */
const becomeHousehold = defineRule({
  name: 'homes.becomeHousehold',
  description: 'A lead with an account becomes a household.',
  object: 'Lead',
  on: ['update'],
  async after({ before, values }, { records }) {
    if (values.status !== 'CONVERTED' || before?.status === 'CONVERTED' || !values.accountId) return
    mustSucceed(await records.create('Household', { name: before?.lastName, accountId: values.accountId }))
  },
})

const language = defineMapping({
  name: 'homes.language',
  description: 'A contact gets a language and, if core has none, a job title.',
  from: 'Lead',
  to: 'Contact',
  values: ({ lastName, country }) => {
    if (lastName === 'Broken') throw new Error('The mapping is broken.')
    return { language: country === 'CH' ? 'de-CH' : null, jobTitle: 'Resident', lastName: 'Not this' }
  },
})

const plugin = definePlugin({ ...homes, rules: [becomeHousehold], mappings: [language] })

let app: TestApp
const admin = () => app.as('admin')
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin, directory: HOMES }] })
})
afterAll(() => app.close())

async function contactOf(made: unknown) {
  const data = await admin().must('query ($id: ID!) { contact(id: $id) { lastName jobTitle language } }', {
    id: textAt(made, 'contact.id'),
  })
  return at(data, 'contact')
}

it("a plugin's mapping adds values, and changes none of core or of the caller", async () => {
  const swiss = await addLead(admin(), { lastName: 'Tell', country: 'CH' })
  expect(await contactOf(await mustConvert(admin(), { ...swiss }))).toEqual({
    lastName: 'Tell',
    jobTitle: 'Resident',
    language: 'de-CH',
  })
  const other = await addLead(admin(), { lastName: 'Curie', jobTitle: 'Chemist' })
  const made = await mustConvert(admin(), { ...other, contact: { create: { lastName: 'Skłodowska' } } })
  expect(await contactOf(made)).toEqual({ lastName: 'Skłodowska', jobTitle: 'Chemist', language: null })
})

it('a lead becomes a record of a plugin, once, however often it is converted', async () => {
  const lead = await addLead(admin(), { ...person(), lastName: 'Bernoulli' })
  const input = { ...lead, account: { create: {} } }
  await Promise.all([mustConvert(admin(), input), mustConvert(admin(), input)])
  const made = await mustConvert(admin(), input)
  const data = await admin().must('query ($id: ID!) { account(id: $id) { households { nodes { name } } } }', {
    id: textAt(made, 'account.id'),
  })
  expect(listAt(data, 'account.households.nodes')).toEqual([{ name: 'Bernoulli' }])
})

it('a mapping that fails makes the conversion fail, and nothing is written', async () => {
  const lead = await addLead(admin(), { lastName: 'Broken' })
  const before = await rowCounts(app.database.ownerPool)
  const { errors } = await admin().query(CONVERT, { input: { ...lead } })
  expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'homes' })
  expect((await rowCounts(app.database.ownerPool))['contacts']).toBe(before['contacts'])
})
