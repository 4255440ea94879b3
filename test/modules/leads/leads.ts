import { at, textAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { addRecord, type Made } from '../../support/records.ts'

let count = 0

/** Returns values of a lead that no other lead has. */
export function person() {
  count += 1
  return {
    firstName: 'Ada',
    lastName: `Person ${count}`,
    companyName: `Engines ${count} Ltd`,
    email: `ada@engines${count}.example`,
    phone: `+49301234${String(1000 + count)}`,
    website: `engines${count}.example`,
    source: 'WEB',
    city: 'London',
    country: 'GB',
    description: 'Wants a demonstration.',
  }
}

export function addLead(client: TestClient, input: object = {}): Promise<Made> {
  return addRecord(client, 'Lead', { lastName: 'Lovelace', ...input })
}

const FIELDS =
  'id version status disqualificationReason statusComment recycleOn convertedAt account { id } contact { id } opportunity { id }'

/** Runs an act on a lead and returns its payload. */
export async function act(client: TestClient, name: string, input: object): Promise<unknown> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
  const document = `mutation ($input: ${type}) { ${name}(input: $input) { lead { ${FIELDS} } userErrors { __typename code message path } } }`
  return at(await client.must(document, { input }), name)
}

/** Runs an act, and returns the lead. Throws when the act is refused. */
export async function mustAct(client: TestClient, name: string, input: object): Promise<Made> {
  const payload = await act(client, name, input)
  const made = at(payload, 'lead')
  if (!made) throw new Error(`${name} was refused: ${JSON.stringify(payload)}`)
  return { id: textAt(made, 'id'), version: Number(at(made, 'version')) }
}

/** The mutation that front-ends send to convert a lead, with a little more of what it made. */
export const CONVERT = `mutation ConvertLead($input: ConvertLeadInput!) {
  convertLead(input: $input) {
    lead { id status version convertedAt } account { id name } contact { id fullName } opportunity { id name }
    userErrors { __typename code message path ... on DuplicateRecordError { candidates { score reasons record { __typename id } } } }
  }
}`

/** Converts a lead and returns the payload. */
export async function convert(client: TestClient, input: object): Promise<unknown> {
  return at(await client.must(CONVERT, { input }), 'convertLead')
}

/** Converts a lead. Throws when that is refused. */
export async function mustConvert(client: TestClient, input: object): Promise<unknown> {
  const payload = await convert(client, input)
  if (!at(payload, 'lead')) throw new Error(`convertLead was refused: ${JSON.stringify(payload)}`)
  return payload
}
