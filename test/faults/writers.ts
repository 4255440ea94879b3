import { randomUUID } from 'node:crypto'
import { at, listAt, textAt } from '../../src/testing/answers.ts'

/** A write that the server has acknowledged, so that it must never be lost. */
export interface Acknowledged {
  readonly ids: readonly string[]
  /** Version of the record after the write. */
  readonly version: number
  readonly what: string
}

/** A write whose response never arrived. It was done once or not at all; a retry with the same key shows which. */
export interface Unanswered {
  readonly key: string
  readonly query: string
  readonly variables: unknown
}

/** What the clients have sent, and which responses they got. */
export interface ClientLog {
  readonly acknowledged: Acknowledged[]
  readonly unanswered: Unanswered[]
  /** Numbers that were appended to each account's description and acknowledged, in order. */
  readonly appended: Map<string, number[]>
}

export const BATCH = 20

const CREATE_ACCOUNT =
  'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id version } userErrors { message } } }'
const CREATE_ACCOUNTS =
  'mutation ($input: CreateAccountsInput!) { createAccounts(input: $input) { results { account { id version } } userErrors { message } } }'
const CREATE_CONTACT =
  'mutation ($input: CreateContactInput!) { createContact(input: $input) { contact { id version } userErrors { message } } }'
const LOG_CALL =
  'mutation ($input: LogInteractionInput!) { logInteraction(input: $input) { interaction { id version } userErrors { message } } }'
const UPDATE =
  'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id version } userErrors { message } } }'
const READ = 'query ($id: ID!) { account(id: $id) { version description } }'

/** Sends a request and returns its data, or null when the connection broke. Throws when the response has errors. */
export async function send(
  url: string,
  token: string,
  query: string,
  variables: unknown,
  key: string | null,
): Promise<unknown> {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${token}`,
    ...(key === null ? {} : { 'idempotency-key': key }),
  }
  let body: unknown
  try {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    body = await response.json()
  } catch {
    return null
  }
  const errors = at(body, 'errors')
  // The database was gone before the server was, so the write is not acknowledged.
  if (at(errors, '0.extensions.code') === 'UNAVAILABLE') return null
  if (errors !== undefined) throw new Error(`The server answered with errors: ${JSON.stringify(errors)}`)
  return at(body, 'data')
}

/** Writes records of several objects until the server is gone, and adds each write to the log. */
export async function writeUntilGone(url: string, token: string, client: number, log: ClientLog): Promise<void> {
  const write = async (
    what: string,
    query: string,
    field: string,
    record: string,
    input: unknown,
  ): Promise<string | null> => {
    const key = randomUUID()
    const variables = { input }
    const data = await send(url, token, query, variables, key)
    if (data === null) {
      log.unanswered.push({ key, query, variables })
      return null
    }
    const made =
      record === 'results'
        ? listAt(data, `${field}.results`).map((row) => at(row, 'account'))
        : [at(data, `${field}.${record}`)]
    if (!made.every(Boolean)) throw new Error(`${field} was refused: ${JSON.stringify(data)}`)
    log.acknowledged.push({
      what,
      ids: made.map((each) => textAt(each, 'id')),
      version: Number(at(made[0], 'version')),
    })
    return textAt(made[0], 'id')
  }
  for (let round = 0; ; round++) {
    const tag = `${client}-${round}-${randomUUID()}`
    const account = await write('account', CREATE_ACCOUNT, 'createAccount', 'account', {
      name: `single ${tag}`,
      domains: [{ domain: `a-${tag}.example` }, { domain: `b-${tag}.example` }],
      addresses: [{ label: 'OFFICE', city: 'Berlin' }],
    })
    if (account === null) return
    const roles = [{ accountId: account, role: 'Buyer' }]
    const contact = await write('contact', CREATE_CONTACT, 'createContact', 'contact', {
      lastName: tag,
      emails: [{ address: 'a@acme.example' }, { address: 'b@acme.example' }],
      phones: [{ number: '+4930901820' }],
      accounts: roles,
    })
    if (contact === null) return
    const call = {
      call: {
        occurredAt: '2024-05-01T12:00:00Z',
        durationSeconds: 5,
        source: 'faults',
        sourceId: tag,
        participants: [{ contactId: contact }],
        regardingIds: [account],
      },
    }
    if ((await write('call', LOG_CALL, 'logInteraction', 'interaction', call)) === null) return
    const records = Array.from({ length: BATCH }, (_, index) => ({ name: `batch ${tag}`, industry: String(index) }))
    if ((await write('batch', CREATE_ACCOUNTS, 'createAccounts', 'results', { records })) === null) return
    for (let number = 1; number <= 5; number++) {
      const read = await send(url, token, READ, { id: account }, null)
      if (read === null) return
      const description = `${String(at(read, 'account.description') ?? '')} ${number}`.trim()
      if (
        (await write('update', UPDATE, 'updateAccount', 'account', {
          id: account,
          version: at(read, 'account.version'),
          description,
        })) === null
      )
        return
      log.appended.set(account, [...(log.appended.get(account) ?? []), number])
    }
  }
}
