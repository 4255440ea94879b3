import { randomUUID } from 'node:crypto'
import { openSigningKeys } from '../../src/platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../../src/platform/identity/sessions/tokens.ts'
import type { TestApp } from '../support/app.ts'
import { addCaller, type Caller } from '../support/caller.ts'

/** An event by which a caller loses rights or gets others. */
export interface Loss {
  readonly name: string
  /** Creates a caller to whom it can happen. */
  readonly caller: (app: TestApp) => Promise<Caller>
  /** Makes it happen, by SQL: the server is not notified. */
  readonly lose: (app: TestApp, caller: Caller) => Promise<unknown>
  /** Code of the last event. */
  readonly code: 'UNAUTHENTICATED' | 'RIGHTS_CHANGED'
}

type Values = readonly unknown[]

function bySql(
  name: string,
  code: Loss['code'],
  text: string,
  values: (caller: Caller) => Values = ({ workspaceId, id }) => [workspaceId, id],
): Loss {
  return {
    name,
    code,
    caller: (app) => addCaller(app),
    lose: (app, caller) => app.database.ownerPool.query(text, [...values(caller)]),
  }
}

const ofRole = ({ workspaceId, roleId }: Caller) => [workspaceId, roleId]
const OF_ACTOR = 'where workspace_id = $1 and id = $2'

/** Adds a sharing rule for the caller's role, or with `team` for a team that they are in. */
async function share(app: TestApp, { workspaceId, id, roleId }: Caller, team: string | null): Promise<void> {
  await app.database.ownerPool.query(
    `insert into sharing_rules (workspace_id, id, name, object, filter, role_id, team_id, created_by_id, updated_by_id)
     values ($1, gen_random_uuid(), $2, 'Account', '{}', $3, $4, $5, $5)`,
    [workspaceId, randomUUID(), team === null ? roleId : null, team, id],
  )
}

/** Creates a caller with a permission that has a scope: without a scope sharing rules add nothing. */
async function addLimited(app: TestApp): Promise<Caller> {
  const caller = await addCaller(app)
  await app.database.ownerPool.query(
    `update roles set permissions = array_append(permissions, 'task:update@shared') where workspace_id = $1 and id = $2`,
    ofRole(caller),
  )
  return caller
}

/** Creates a caller who signed in through an identity provider, and so has a token of a session. */
async function addSignedIn(app: TestApp): Promise<Caller> {
  const { ownerPool } = app.database
  const caller = await addCaller(app)
  const { workspaceId, id } = caller
  const [providerId, sessionId] = [randomUUID(), randomUUID()]
  await ownerPool.query(
    `insert into identity_providers (workspace_id, id, name, issuer, audiences, created_by_id, updated_by_id)
     values ($1, $2, $3, 'https://issuer.example', '{}', $4, $4)`,
    [workspaceId, providerId, providerId, id],
  )
  await ownerPool.query(
    `insert into sessions (workspace_id, id, actor_id, identity_provider_id, expires_at)
     values ($1, $2, $3, $4, now() + interval '1 hour')`,
    [workspaceId, sessionId, id, providerId],
  )
  const token = await issueToken(await openSigningKeys(ownerPool), { workspaceId, actorId: id, sessionId })
  return { ...caller, token }
}

/** Every loss that changes the database. */
export const LOSSES: readonly Loss[] = [
  bySql('a role is removed', 'RIGHTS_CHANGED', 'delete from actor_roles where workspace_id = $1 and actor_id = $2'),
  bySql('a role is changed', 'RIGHTS_CHANGED', `update roles set permissions = '{contact:read}' ${OF_ACTOR}`, ofRole),
  bySql('a role is soft-deleted', 'RIGHTS_CHANGED', `update roles set deleted_at = now() ${OF_ACTOR}`, ofRole),
  bySql(
    'another role is added',
    'RIGHTS_CHANGED',
    `insert into actor_roles (workspace_id, actor_id, role_id)
     select workspace_id, $2, id from roles where workspace_id = $1 and name = 'admin'`,
  ),
  bySql('a user is suspended', 'UNAUTHENTICATED', `update actors set is_active = false ${OF_ACTOR}`),
  ...[
    bySql('an API key is revoked', 'UNAUTHENTICATED', `update actors set is_active = false ${OF_ACTOR}`),
    bySql('an API key expires', 'UNAUTHENTICATED', `update actors set expires_at = now() ${OF_ACTOR}`),
    bySql(
      'an API key gets a new secret',
      'RIGHTS_CHANGED',
      `update actors set key_hash = gen_random_uuid()::text ${OF_ACTOR}`,
    ),
    bySql('an API key gets fewer scopes', 'RIGHTS_CHANGED', `update actors set scopes = '{contact:read}' ${OF_ACTOR}`),
  ].map((loss): Loss => ({ ...loss, caller: (app) => addCaller(app, 'API_KEY') })),
  ...[
    bySql(
      'a session is revoked',
      'UNAUTHENTICATED',
      'update sessions set revoked_at = now() where workspace_id = $1 and actor_id = $2',
    ),
    bySql(
      'the identity provider is disabled',
      'UNAUTHENTICATED',
      'update identity_providers set is_active = false where workspace_id = $1 and created_by_id = $2',
    ),
  ].map((loss): Loss => ({ ...loss, caller: addSignedIn })),
  {
    name: 'a sharing rule is added for the role',
    code: 'RIGHTS_CHANGED',
    caller: addLimited,
    lose: (app, caller) => share(app, caller, null),
  },
  {
    name: 'a sharing rule for the team is changed',
    code: 'RIGHTS_CHANGED',
    async caller(app) {
      const caller = await addLimited(app)
      const { workspaceId, id } = caller
      const team = randomUUID()
      await app.database.ownerPool.query(
        'insert into teams (workspace_id, id, name, created_by_id, updated_by_id) values ($1, $2, $3, $4, $4)',
        [workspaceId, team, team, id],
      )
      await app.database.ownerPool.query(
        'insert into team_members (workspace_id, id, team_id, user_id) values ($1, gen_random_uuid(), $2, $3)',
        [workspaceId, team, id],
      )
      await share(app, caller, team)
      return caller
    },
    lose: (app, { workspaceId, id }) =>
      app.database.ownerPool.query(
        `update sharing_rules set filter = '{"name": {"equals": "Nothing"}}' where workspace_id = $1 and created_by_id = $2`,
        [workspaceId, id],
      ),
  },
]
