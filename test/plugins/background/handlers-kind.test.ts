import { afterAll, beforeAll, expect, it } from 'vitest'
import { defineHandler, type HandledChange } from '../../../src/platform/declare/handler.ts'
import { deliverAll } from '../../../src/platform/plugins/background/deliver-all.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, addContact } from '../../support/records.ts'
import { backgroundOf, shipping } from './shipping.ts'

let app: TestApp
const told: HandledChange[] = []

const watch = defineHandler({
  name: 'shipping.watch',
  description: 'Sees interactions and accounts.',
  on: { types: ['Interaction', 'Account'] },
  handle: async (change) => void told.push(change),
})

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: shipping({ handlers: [watch] }) }] })
})
afterAll(() => app.close())

it('a handler gets the variant of an interaction, such as CALL, and null for an object without variants', async () => {
  const client = app.as('member')
  const contact = await addContact(client, { lastName: 'Caller' })
  await deliverAll(backgroundOf(app))
  told.length = 0
  const log = 'mutation ($input: LogInteractionInput!) { logInteraction(input: $input) { userErrors { message } } }'
  const when = { occurredAt: '2026-01-01T00:00:00Z', participants: [{ contactId: contact.id }] }
  await client.must(log, { input: { call: { direction: 'INBOUND', ...when } } })
  await client.must(log, { input: { note: when } })
  await addAccount(client, { name: 'Without kinds' })
  await deliverAll(backgroundOf(app))
  expect(told.map(({ type, kind }) => [type, kind])).toEqual([
    ['Interaction', 'CALL'],
    ['Interaction', 'NOTE'],
    ['Account', null],
  ])
})
