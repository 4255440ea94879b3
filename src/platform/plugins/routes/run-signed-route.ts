import { createHash } from 'node:crypto'
import { PLUGINS_IN_USE, SETTINGS_OF_PLUGINS } from '../../data/plugins-in-use.ts'
import { sql } from '../../data/sql.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { SignedRequest, SignedResponse, SignedRoute } from '../../declare/routes/signed-route.ts'
import { permissionSet } from '../../permissions/grants.ts'
import { type Actor, NO_SCOPE_MEMBERS } from '../../request/actor.ts'
import { CALENDAR } from '../../request/calendar.ts'
import type { RequestContext, UnitOfWork } from '../../request/context.ts'
import type { RequestOrigin } from '../../request/origin.ts'
import type { SignedSubject } from '../../request/signed-addresses.ts'
import { retryAfterConflict } from '../../writes/unit-of-work.ts'
import { type Background, runInBackground } from '../background/background.ts'

/** A signed route with the module that declares it. */
export interface DeclaredSignedRoute {
  readonly plugin: Plugin
  readonly route: SignedRoute
}

/** What the workspace of a request uses. */
type WorkspaceUse = Pick<Actor, 'calendar' | 'plugins' | 'pluginSettings'> & {
  readonly disabledRules: readonly string[]
}

/**
 * Runs a signed route for a request whose address was verified, in one transaction. What it writes is rolled back with a
 * status of 400 and above. Its actor has the permissions of the route only; with a form, the actor is stored, because the
 * log names whoever has written. Returns null when the subject does not exist any more.
 */
export async function runSignedRoute(
  background: Background,
  { plugin, route }: DeclaredSignedRoute,
  { workspaceId, subject }: SignedSubject,
  request: Pick<SignedRequest, 'method' | 'form'>,
  meta: { readonly requestId: string; readonly origin: RequestOrigin },
): Promise<SignedResponse | null> {
  const use = await workspaceUse(background, workspaceId)
  if (!use) return null
  const actor = visitorOf(route, workspaceId, use)
  const runtime = await background.host.runtimeOf(actor)
  const context: RequestContext = {
    runtime,
    actor,
    ...meta,
    mutation: route.path,
    idempotencyKey: null,
    requestHash: '',
  }
  const run = () =>
    runInBackground(context, async (work) => {
      if (request.method === 'POST') await storeVisitor(work)
      const answer = await route.handle({ ...request, subject }, runtime.pluginContext(work, plugin))
      if (!answer || answer.status >= 400) throw new Refused(answer)
      return answer
    })
  try {
    return await retryAfterConflict(run)
  } catch (error) {
    if (error instanceof Refused) return error.answer
    throw error
  }
}

/** Makes a transaction roll back. */
class Refused extends Error {
  readonly answer: SignedResponse | null

  constructor(answer: SignedResponse | null) {
    super('The route has refused the request.')
    this.answer = answer
  }
}

async function workspaceUse({ database }: Background, workspaceId: string): Promise<WorkspaceUse | null> {
  const { rows } = await database.ownerPool.query<WorkspaceUse>({
    name: 'workspace-of-signed-address',
    text: `select ${CALENDAR} as calendar,
             array(select pa.plugin_id from ${PLUGINS_IN_USE} where pa.workspace_id = w.id order by 1) as plugins,
             array(select unnest(pa.disabled_rules) from ${PLUGINS_IN_USE} where pa.workspace_id = w.id) as "disabledRules",
             (select ${SETTINGS_OF_PLUGINS} from ${PLUGINS_IN_USE} where pa.workspace_id = w.id) as "pluginSettings"
           from workspaces w where w.id = $1`,
    values: [workspaceId],
  })
  return rows[0] ?? null
}

/** Returns the actor of whoever opens an address: the same one for all addresses of a route in a workspace. */
function visitorOf(route: SignedRoute, workspaceId: string, { disabledRules, ...use }: WorkspaceUse): Actor {
  return {
    id: visitorId(workspaceId, route.path),
    kind: 'PLUGIN',
    displayName: `Signed address (${route.path})`,
    workspaceId,
    ...use,
    disabledRules: new Set(disabledRules),
    roles: [],
    roleIds: [],
    scopeMembers: { ...NO_SCOPE_MEMBERS },
    rightsVersion: '',
    permissions: permissionSet(route.permissions),
    pluginsVersion: '',
    sessionId: null,
    identityProviderId: null,
    keyId: null,
    expiresAt: null,
  }
}

/** Returns a uuid (version 8, RFC 9562) that is the same for the same route and workspace, and of no other actor. */
function visitorId(workspaceId: string, path: string): string {
  const hash = createHash('sha256').update(`${workspaceId} ${path}`).digest()
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  const digits = hash.toString('hex')
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => digits.slice(from, to))
    .join('-')
}

async function storeVisitor({ context: { actor }, transaction }: UnitOfWork): Promise<void> {
  await transaction.query(
    sql`insert into actors (workspace_id, id, kind, display_name)
        values (${actor.workspaceId}::uuid, ${actor.id}::uuid, 'PLUGIN', ${actor.displayName}) on conflict do nothing`,
  )
}
