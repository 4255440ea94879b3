import { encodeId } from '../../src/platform/declare/record-id.ts'
import type { SystemId } from '../servers/start.ts'
import { at, type Case, graphql, instant, type Requests } from './case.ts'
import { uuidOf } from './ids.ts'

const RECORDS = 200

const RAPPORT = `query Account($id: ID!) {
  account(id: $id) { id version name type industry website employeeCount createdAt }
}`

const POSTGRAPHILE = `query Account($workspaceId: UUID!, $id: UUID!) {
  accountByWorkspaceIdAndRowId(workspaceId: $workspaceId, rowId: $id) { rowId version name type industry website employeeCount createdAt }
}`

const FIELDS = ['version', 'name', 'type', 'industry', 'website', 'employeeCount'] as const

/** Reads an account with eight fields: one of 200 accounts in turn. */
export const oneRecord: Case = {
  name: 'one record by id',
  async requests({ ownerClient, workspaceId, seed }, system) {
    const { rows } = await ownerClient.query<{ id: string }>(
      'select id from accounts where workspace_id = $1 order by md5(id::text || $2) limit $3',
      [workspaceId, seed, RECORDS],
    )
    const bodies = (body: (id: string) => string) => rows.map(({ id }) => body(id))
    const requestsBySystem: Readonly<Record<SystemId, Requests>> = {
      rapport: {
        path: '',
        bodies: bodies((id) => graphql(RAPPORT, { id: encodeId('account', id) })),
        normalize: (answer) =>
          normalizeAccount(at(answer, 'data', 'account'), uuidOf(at(answer, 'data', 'account', 'id'))),
      },
      postgraphile: {
        path: '',
        bodies: bodies((id) => graphql(POSTGRAPHILE, { workspaceId, id })),
        normalize: (answer) =>
          normalizeAccount(
            at(answer, 'data', 'accountByWorkspaceIdAndRowId'),
            at(answer, 'data', 'accountByWorkspaceIdAndRowId', 'rowId'),
          ),
      },
      'hand-written': {
        path: '/account',
        bodies: bodies((id) => JSON.stringify({ id })),
        normalize: (answer) => normalizeAccount(answer, at(answer, 'id')),
      },
    }
    return requestsBySystem[system]
  },
}

/** Returns an account in a form that does not depend on the system. */
function normalizeAccount(account: unknown, id: unknown): readonly unknown[] {
  return [id, ...FIELDS.map((field) => at(account, field)), instant(at(account, 'createdAt'))]
}
