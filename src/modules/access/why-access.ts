import { defineQuery } from '../../platform/declare/query.ts'
import { decodeId } from '../../platform/declare/record-id.ts'
import { readActor } from '../../platform/identity/actor-store.ts'
import { actorFrom } from '../../platform/identity/authenticate.ts'
import { type ActionAccess, explainAccess } from '../../platform/permissions/explain-access.ts'
import { canOnField } from '../../platform/permissions/grants.ts'
import { canReadFieldOfAllRecords, isSensitive } from '../../platform/permissions/guard.ts'
import { uuidFor } from '../../platform/reads/root.ts'
import { startFinding } from '../../platform/reads/start-reading.ts'
import { actionOf } from '../../platform/registry/acts.ts'
import type { ObjectType, Registry } from '../../platform/registry/object-type.ts'
import type { UnitOfWork } from '../../platform/request/context.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { type InputSpec, inputSpecs } from '../../platform/writes/input/input-specs.ts'
import { accessExplanation } from './explanation-type.ts'

export const whyAccess = defineQuery({
  name: 'whyAccess',
  description:
    "Explains what an actor (a user or an API key) may do with a record, and why: which grants of the actor's roles cover the record, and which restrictions apply. Null when the actor or the record does not exist.",
  permission: 'access:read',
  args: {
    userId: { type: 'ID', isRequired: true, description: 'Id of the user or API key.' },
    recordId: { type: 'ID', isRequired: true, description: 'Id of the record, which may be soft-deleted.' },
  },
  answer: { type: accessExplanation, isNullable: true },
  run: ({ userId, recordId }, context) => explain(workOf(context), userId, recordId),
})

async function explain(work: UnitOfWork, userId: string, recordId: string) {
  const { registry, database } = work.context.runtime
  const { workspaceId } = work.transaction
  const found = objectOf(registry, recordId)
  const subjectId = uuidOfActor(registry, userId)
  const stored = subjectId === null ? null : await readActor(database.ownerPool, workspaceId, subjectId)
  if (!stored || !found) return null
  const { object, uuid } = found
  const actor = actorFrom(stored)
  const reading = startFinding({ runtime: work.context.runtime, actor, now: work.now })
  const actions = await explainAccess(work.transaction, reading, stored, object, uuid, actionsOn(registry, object))
  if (!actions) return null
  // An action counts as allowed only when the actor may read the record too.
  const isSeen = actions.some(({ action, isAllowed }) => action === 'read' && isAllowed)
  const written = new Set(inputSpecs(registry, object).map(({ field }: InputSpec) => field))
  return {
    actor: stored.id,
    actions: actions.map((each) => ({
      ...each,
      isAllowed: each.isAllowed && isSeen,
      steps: each.steps.map((step) => ({ ...step, explanation: sentence(step, object) })),
    })),
    fields: [...object.fields.keys()].map((field) => ({
      field,
      isReadable: isSeen && canReadFieldOfAllRecords(actor, object, field),
      isWritable: written.has(field) && canOnField(actor, object.singular, 'update', field, isSensitive(object, field)),
    })),
  }
}

function objectOf(registry: Registry, id: string): { readonly object: ObjectType; readonly uuid: string } | null {
  const decoded = decodeId(id)
  const object = decoded ? registry.prefixes.get(decoded.prefix) : undefined
  const uuid = object ? uuidFor(object, id) : null
  return object?.model.hasWorkspace && uuid !== null ? { object, uuid } : null
}

const ACTORS: ReadonlySet<string> = new Set(['User', 'ApiKey', 'PluginActor', 'Actor'])

function uuidOfActor(registry: Registry, id: string): string | null {
  const decoded = decodeId(id)
  const object = decoded ? registry.prefixes.get(decoded.prefix) : undefined
  return decoded && object && ACTORS.has(object.name) ? decoded.uuid : null
}

/**
 * Returns the actions on records of the object, including the actions of its business acts (such as `completeTask`).
 */
function actionsOn(registry: Registry, object: ObjectType): readonly string[] {
  const acts = registry.plugins.flatMap((plugin) => plugin.acts ?? []).filter((act) => act.object === object.name)
  return [...new Set(['read', 'update', 'delete', ...acts.map(actionOf)])]
}

/**
 * For each kind of step, the sentence for a step that is met and the sentence for a step that is not met. A sentence is
 * empty when no step of the kind needs it: EVERY_RECORD is always met, SUSPENDED and NO_PERMISSION never.
 */
const SENTENCES: Readonly<Record<ActionAccess['steps'][number]['kind'], readonly [met: string, unmet: string]>> = {
  EVERY_RECORD: ['The grant covers every record', ''],
  OWNER: ['The actor owns the record', 'The actor does not own the record'],
  TEAM: [
    'The record or its owner belongs to a team of the actor',
    'Neither the record nor its owner belongs to a team of the actor',
  ],
  HIERARCHY: ["The owner's role is below a role of the actor", "The owner's role is not below a role of the actor"],
  SHARING_RULE: ['The record matches the sharing rule', 'The record does not match the sharing rule'],
  RECORD_GRANT: ['A record grant shares the record with the actor', 'No record grant shares the record with the actor'],
  SCOPES: ['The scopes of the API key cover the record', 'The scopes of the API key do not cover the record'],
  ACCESS_RULE: ['The action is permitted by the access rule', 'The action is refused by the access rule'],
  SUSPENDED: ['', 'The user is suspended, or the API key is revoked'],
  NO_PERMISSION: ['', 'The actor does not have the permission'],
}

const OWNERSHIP_KINDS: ReadonlySet<ActionAccess['steps'][number]['kind']> = new Set(['OWNER', 'TEAM', 'HIERARCHY'])

/** Returns a clause with the paths of relations from which the owner and team of the record follow; else an empty text. */
function followsFrom(kind: ActionAccess['steps'][number]['kind'], { ownership: { owner, team } }: ObjectType): string {
  if (!OWNERSHIP_KINDS.has(kind)) return ''
  const paths = [owner, kind === 'TEAM' ? team : null].flatMap((source) => (source?.via ? [source.path] : []))
  return paths.length === 0 ? '' : `; this follows from ${paths.join(' and ')}`
}

/** Returns a step as a sentence for administrators. */
function sentence({ kind, role, permission, rule, isMet }: ActionAccess['steps'][number], object: ObjectType): string {
  const [met, unmet] = SENTENCES[kind]
  const by = role === null ? '' : ` (role ${role}, ${permission})`
  const named = rule === null ? '' : ` ${rule}`
  const missing = kind === 'NO_PERMISSION' ? `: ${permission} on ${object.name}` : ''
  return `${isMet ? met : unmet}${followsFrom(kind, object)}${named}${missing}${by}.`
}
