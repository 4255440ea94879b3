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

/** `whyAccess`: the path by which somebody may or may not see or change a record. */
export const whyAccess = defineQuery({
  name: 'whyAccess',
  description:
    'Why a user or an API key may or may not see, change or put away a record: what each of their roles gives, which of it reaches this record, and what stands against it. Null where there is no such actor or record.',
  permission: 'access:read',
  args: {
    userId: { type: 'ID', isRequired: true, description: 'The user, or the API key.' },
    recordId: { type: 'ID', isRequired: true, description: 'Any record, put away or not.' },
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
  const reading = startFinding({ runtime: work.context.runtime, actor })
  const actions = await explainAccess(work.transaction, reading, stored, object, uuid, actionsOn(registry, object))
  if (!actions) return null
  // What may not be read can't be changed either, whatever is granted.
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

/** What can be done to a record of the object, with the actions of its acts. */
function actionsOn(registry: Registry, object: ObjectType): readonly string[] {
  const acts = registry.plugins.flatMap((plugin) => plugin.acts ?? []).filter((act) => act.object === object.name)
  return [...new Set(['read', 'update', 'delete', ...acts.map(actionOf)])]
}

const SENTENCES: Readonly<Record<ActionAccess['steps'][number]['kind'], readonly [met: string, unmet: string]>> = {
  EVERY_RECORD: ['It reaches every record', ''],
  OWNER: ['They own the record', 'They do not own the record'],
  TEAM: ['Their team has the record or its owner', 'No team of theirs has the record or its owner'],
  HIERARCHY: ["The owner's role lies below theirs", "The owner's role does not lie below theirs"],
  SHARING_RULE: ['The record meets the sharing rule', 'The record does not meet the sharing rule'],
  RECORD_GRANT: ['The record is shared with them by hand', 'The record is not shared with them by hand'],
  SCOPES: ['The scopes of the API key reach it', 'The scopes of the API key do not reach it'],
  ACCESS_RULE: ["The plugin's access rule lets it be", "The plugin's access rule keeps it from them"],
  SUSPENDED: ['', 'They are suspended'],
  NO_PERMISSION: ['', 'No role of theirs grants it'],
}

/** A step in words, for the administrator. */
function sentence({ kind, role, permission, rule, isMet }: ActionAccess['steps'][number], object: ObjectType): string {
  const [met, unmet] = SENTENCES[kind]
  const by = role === null ? '' : ` (role ${role}, ${permission})`
  const named = rule === null ? '' : ` ${rule}`
  const missing = kind === 'NO_PERMISSION' ? `: ${permission} on ${object.name}` : ''
  return `${isMet ? met : unmet}${named}${missing}${by}.`
}
