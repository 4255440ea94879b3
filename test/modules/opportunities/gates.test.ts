import { afterAll, beforeAll, expect, it } from 'vitest'
import { definePlugin, defineRule, ruleViolation } from '../../../src/plugin.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { act, addDeal, defaultPipeline, type TestPipeline } from './deals.ts'

/** A gate as a plugin declares it: deals above 10,000 need a source before an offer. */
const gate = defineRule({
  name: 'gates.source',
  description: 'Requires a source before an opportunity with an amount of 10,000 or more leaves qualification.',
  object: 'Opportunity',
  on: ['moveOpportunity'],
  before({ before, values: { stageId } }) {
    const isMoved = stageId !== undefined && stageId !== before?.stageId
    return isMoved && before?.source === null && (before.amountAmount?.split('.')[0]?.length ?? 0) > 4
      ? {
          refusals: [
            ruleViolation(
              'gates.source',
              ['input', 'stageId'],
              'Fill in the source first: the plugin “gates” asks for it.',
            ),
          ],
        }
      : undefined
  },
})

/** A plugin that tries to move a deal by a patch instead of an act. */
const smuggle = defineRule({
  name: 'gates.smuggle',
  description: 'Tries to set the stage of an opportunity.',
  object: 'Opportunity',
  on: ['updateOpportunity'],
  before: ({ before, values }) => (values.source === 'smuggle' ? { patch: { stageId: before?.stageId } } : undefined),
})

const gates = definePlugin({
  id: 'gates',
  description: 'Gates between stages.',
  version: '1.0.0',
  api: '^1.0.0',
  rules: [gate, smuggle],
})

let app: TestApp
let sales: TestPipeline
const member = () => app.as('member')

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: gates }] })
  sales = await defaultPipeline(member())
})
afterAll(() => app.close())

it("a plugin's gate refuses a move, and says what is missing and who asks for it", async () => {
  const amount = (value: string) => ({ amount: { amount: value, currency: 'EUR' } })
  const large = await addDeal(member(), amount('12000'))
  const stageId = sales.stages['Proposal']
  expect(await act(member(), 'moveOpportunity', { ...large, stageId })).toEqual({
    opportunity: null,
    userErrors: [
      {
        __typename: 'RuleViolation',
        code: 'RULE_VIOLATION',
        path: ['input', 'stageId'],
        message: 'Fill in the source first: the plugin “gates” asks for it.',
      },
    ],
  })
  const small = await addDeal(member(), amount('9999'))
  expect(await act(member(), 'moveOpportunity', { ...small, stageId })).toMatchObject({
    opportunity: { stage: { name: 'Proposal' } },
  })
})

it('a plugin that sets the stage without the act fails, and the deal stays where it is', async () => {
  const deal = await addDeal(member())
  const document =
    'mutation ($input: UpdateOpportunityInput!) { updateOpportunity(input: $input) { opportunity { id } } }'
  const { errors } = await member().query(document, { input: { ...deal, source: 'smuggle' } })
  expect(at(errors, '0.extensions.code')).toBe('PLUGIN_FAILED')
})
