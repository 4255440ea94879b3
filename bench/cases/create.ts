import type { SystemId } from '../servers/start.ts'
import { at, type Case, graphql, type Requests } from './case.ts'

const RAPPORT = `mutation CreateAccount($input: CreateAccountInput!) {
  createAccount(input: $input) { account { id version name createdAt } userErrors { code message path } }
}`

const POSTGRAPHILE = `mutation CreateAccount($account: AccountInput!) {
  createAccount(input: { account: $account }) { account { rowId version name createdAt } }
}`

const FIELDS = { type: 'CUSTOMER', industry: 'Retail', website: 'acme.example', employeeCount: 120 }

/** Prefix of the names of the accounts that the case creates. It is followed by the id of the system. */
export const CREATED = 'Bench created by'

/** Creates an account with five fields. The response has four fields. */
export const create: Case = {
  name: 'a create',
  writes: CREATED,
  async requests({ workspaceId, actorId }, system) {
    const requestsBySystem: Readonly<Record<SystemId, Requests>> = {
      rapport: {
        path: '',
        bodies: [graphql(RAPPORT, { input: { ...FIELDS, name: `${CREATED} rapport` } })],
        normalize: (answer) => normalizeAccount(at(answer, 'data', 'createAccount', 'account')),
      },
      postgraphile: {
        path: '',
        // The client has to send these values to PostGraphile. Rapport and the hand-written server fill them in.
        bodies: [
          graphql(POSTGRAPHILE, {
            account: {
              ...FIELDS,
              name: `${CREATED} postgraphile`,
              workspaceId,
              rowId: '{uuid}',
              createdById: actorId,
              updatedById: actorId,
            },
          }),
        ],
        normalize: (answer) => normalizeAccount(at(answer, 'data', 'createAccount', 'account')),
      },
      'hand-written': {
        path: '/create-account',
        bodies: [JSON.stringify({ ...FIELDS, name: `${CREATED} hand-written` })],
        normalize: normalizeAccount,
      },
    }
    return requestsBySystem[system]
  },
}

/** Returns the values that have to be equal in the responses of all systems. Id and time of creation differ. */
function normalizeAccount(account: unknown): unknown {
  return [
    at(account, 'version'),
    String(at(account, 'name')).startsWith(CREATED),
    Number.isFinite(Date.parse(String(at(account, 'createdAt')))),
  ]
}
