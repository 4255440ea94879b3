import { afterAll, beforeAll, expect, it } from 'vitest'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord } from '../../support/records.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

async function create(input: object): Promise<unknown> {
  const answer = await app.as('admin').must(
    `mutation ($input: CreateProposalTemplateInput!) { createProposalTemplate(input: $input) {
      proposalTemplate { name locale color logo isDefault } userErrors { code path message } } }`,
    { input },
  )
  return at(answer, 'createProposalTemplate')
}

it('a template has a locale, a colour and a logo, in their canonical form', async () => {
  expect(await create({ name: 'German', locale: 'de-de', color: '#ABCDEF', logo: PNG })).toEqual({
    proposalTemplate: { name: 'German', locale: 'de-DE', color: '#abcdef', logo: PNG, isDefault: false },
    userErrors: [],
  })
  expect(await create({ name: 'Plain' })).toMatchObject({
    proposalTemplate: { locale: 'en', color: '#1f4e79', logo: null },
  })
})

it('a template without a valid locale, colour and logo is refused', async () => {
  const paths = ['locale', 'color', 'logo']
  expect(await create({ name: 'Bad', locale: 'zz-99-x', color: 'red', logo: 'aGVsbG8=' })).toMatchObject({
    proposalTemplate: null,
    userErrors: paths.map((name) => ({ code: 'INVALID', path: ['input', name] })),
  })
})

it('one template is the default, also when two are made the default at once', async () => {
  const [one, other] = [
    await addRecord(app.as('admin'), 'ProposalTemplate', { name: 'One' }),
    await addRecord(app.as('admin'), 'ProposalTemplate', { name: 'Other' }),
  ]
  const makeDefault = ({ id }: { readonly id: string }) =>
    app
      .as('admin')
      .must(
        `mutation ($id: ID!) { makeProposalTemplateDefault(input: { id: $id, version: 1 }) { userErrors { code message } } }`,
        { id },
      )
  await Promise.all([makeDefault(one), makeDefault(other)])
  const data = await app
    .as('admin')
    .must('{ proposalTemplates(filter: { isDefault: { equals: true } }) { nodes { name } } }')
  expect(at(data, 'proposalTemplates.nodes')).toHaveLength(1)
})
