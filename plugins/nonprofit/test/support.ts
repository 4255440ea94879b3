import { at, createPluginTestApp, type PluginTestApp, type PluginTestClient, textAt } from 'rapport/plugin/testing'
import nonprofit from '../plugin.ts'

/** Initial time of the test clock. It is in the current year, because filters on giving use the date of the database. */
export const NOW = new Date(`${new Date().getUTCFullYear()}-06-15T12:00:00.000Z`)

export function openApp(): Promise<PluginTestApp> {
  return createPluginTestApp({
    plugins: [{ plugin: nonprofit, directory: `${import.meta.dirname}/..` }],
    now: NOW,
  })
}

const CREATE_CONTACT = `mutation ($lastName: String!) {
  createContact(input: { lastName: $lastName }) { contact { id } userErrors { message } }
}`

export async function createContact(client: PluginTestClient, lastName = 'Lovelace'): Promise<string> {
  return textAt(await client.must(CREATE_CONTACT, { lastName }), 'createContact.contact.id')
}

export async function createFund(client: PluginTestClient, code: string): Promise<string> {
  const data = await client.must(
    'mutation ($code: String!) { createFund(input: { name: $code, code: $code }) { fund { id } userErrors { message } } }',
    { code },
  )
  return textAt(data, 'createFund.fund.id')
}

const CREATE_GIFT = `mutation ($input: CreateGiftInput!) {
  createGift(input: $input) {
    gift { id version amount { amount currency } allocations { amount fund { id code } } }
    userErrors {
      __typename code message path
      ... on AllocationMismatchError { expected actual }
      ... on RuleViolation { rule }
    }
  }
}`

/** Default input of a gift. */
const DEFAULTS = { receivedOn: NOW.toISOString().slice(0, 10), method: 'CARD' }

export interface GiftInput {
  readonly amount?: string
  readonly currency?: string
  readonly [field: string]: unknown
}

/** Sends `createGift`. Returns the payload, without checking its user errors. */
export async function tryGift(client: PluginTestClient, { amount = '10.00', currency = 'EUR', ...input }: GiftInput) {
  const data = await client.must(CREATE_GIFT, { input: { ...DEFAULTS, ...input, amount: { amount, currency } } })
  return { gift: at(data, 'createGift.gift'), userErrors: at(data, 'createGift.userErrors') }
}

/**
 * Creates a gift.
 * @throws Error when it is refused.
 */
export async function createGift(client: PluginTestClient, input: GiftInput): Promise<{ id: string; version: number }> {
  const { gift, userErrors } = await tryGift(client, input)
  if (gift === null) throw new Error(JSON.stringify(userErrors))
  return { id: textAt(gift, 'id'), version: Number(at(gift, 'version')) }
}

export const TOTALS = '{ currency amount { amount currency } giftCount firstGiftOn lastGiftOn largestGift { amount } }'

export async function totalsOf(client: PluginTestClient, contactId: string): Promise<unknown> {
  const data = await client.must(`query ($id: ID!) { contact(id: $id) { givingTotals ${TOTALS} } }`, { id: contactId })
  return at(data, 'contact.givingTotals')
}

/** Sends a business act on a gift. Returns the gift and the codes of the user errors. */
export async function actOnGift(
  client: PluginTestClient,
  act: 'acknowledgeGift' | 'refundGift',
  { id, version }: { readonly id: string; readonly version: number },
) {
  const name = `${act.charAt(0).toUpperCase()}${act.slice(1)}Input`
  const data = await client.must(
    `mutation ($input: ${name}!) { ${act}(input: $input) { gift { id version status acknowledgedOn refundedOn } userErrors { code } } }`,
    { input: { id, version } },
  )
  return { gift: at(data, `${act}.gift`), userErrors: at(data, `${act}.userErrors`) }
}
