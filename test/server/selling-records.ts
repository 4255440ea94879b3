import { at, textAt } from '../../src/testing/answers.ts'
import type { TestActor, TestClient } from '../../src/testing/client.ts'
import { done } from '../modules/administration.ts'
import { addRecord, type Made } from '../support/records.ts'

/**
 * Creates a deal with a quote that the customer accepts. Returns the ids of what comes of it and no mutation creates by
 * itself: an order and its line, a version of the quote, and its approval.
 */
export async function addSelling(
  client: TestClient<TestActor>,
  account: Made,
  contact: Made,
): Promise<readonly string[]> {
  const product = await addRecord(client, 'Product', { name: 'Desk', sku: 'D-1' })
  const deal = await addRecord(client, 'Opportunity', { name: 'Deal', accountId: account.id })
  const quote = await addRecord(client, 'Quote', {
    opportunityId: deal.id,
    validUntil: '2999-12-31',
    lines: [{ productId: product.id, quantity: '1', unitPrice: { amount: '5', currency: 'USD' } }],
  })
  const act = async (name: string, version: number, input: object = {}, record = 'quote { id version }') =>
    done(client, name, { id: quote.id, version, ...input }, record)
  const versionOf = (payload: unknown) => Number(at(payload, 'quote.version'))
  const submitted = await act('submitQuote', quote.version)
  const sent = await act('sendQuote', versionOf(submitted), { toContactId: contact.id })
  const accepted = await act(
    'acceptQuote',
    versionOf(sent),
    { versionNumber: 1, acceptedBy: 'Ada' },
    'quote { version versions(first: 1) { nodes { id } } approval { id } } order { id lines(first: 1) { nodes { id } } }',
  )
  return [
    textAt(accepted, 'order.id'),
    textAt(accepted, 'order.lines.nodes.0.id'),
    textAt(accepted, 'quote.versions.nodes.0.id'),
    textAt(accepted, 'quote.approval.id'),
  ]
}
