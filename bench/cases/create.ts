import type { SystemId } from '../servers/start.ts'
import { at, type Case, graphql, type Requests } from './case.ts'

const RAPPORT = `mutation CreateAccount($input: CreateAccountInput!) {
  createAccount(input: $input) { account { id version name createdAt } userErrors { code message path } }
}`

const POSTGRAPHILE = `mutation CreateAccount($account: AccountInput!) {
  createAccount(input: { account: $account }) { account { rowId version name createdAt } }
}`

const FIELDS = { type: 'CUSTOMER', industry: 'Retail', website: 'acme.example', employeeCount: 120 }

/** Name of the accounts that the case makes, before the system's id. */
export const CREATED = 'Bench created by'

/** An account with five fields, of which four are read back. */
export const create: Case = {
  name: 'a create',
  writes: CREATED,
  async requests({ workspaceId, actorId }, system) {
    const each: Readonly<Record<SystemId, Requests>> = {
      rapport: {
        path: '',
        bodies: [graphql(RAPPORT, { input: { ...FIELDS, name: `${CREATED} rapport` } })],
        normalize: (answer) => written(at(answer, 'data', 'createAccount', 'account')),
      },
      postgraphile: {
        path: '',
        // PostGraphile leaves to the client what Rapport and the hand-written server fill in.
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
        normalize: (answer) => written(at(answer, 'data', 'createAccount', 'account')),
      },
      'hand-written': {
        path: '/create-account',
        bodies: [JSON.stringify({ ...FIELDS, name: `${CREATED} hand-written` })],
        normalize: written,
      },
    }
    return each[system]
  },
}

function written(account: unknown): unknown {
  return [
    at(account, 'version'),
    String(at(account, 'name')).startsWith(CREATED),
    Number.isFinite(Date.parse(String(at(account, 'createdAt')))),
  ]
}
