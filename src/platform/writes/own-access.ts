import type { Column } from '../data/models/models.ts'
import { inSameWorkspace, rowOf, tableOf } from '../data/row.ts'
import { and, or, sql } from '../data/sql.ts'
import type { Scope } from '../declare/permission.ts'
import type { PendingWrite } from '../declare/rules/rule.ts'
import { ruleViolation, type UserError } from '../declare/rules/user-errors.ts'
import { fieldScopes, recordScopes } from '../permissions/grants.ts'
import { isSensitive } from '../permissions/guard.ts'
import { type AccessPath, accessPaths } from '../permissions/record-access.ts'
import { startFinding } from '../reads/start-reading.ts'
import { actionOf, actNamed } from '../registry/acts.ts'
import { foreignKey } from '../registry/columns.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'

const SHARED: ReadonlySet<AccessPath['kind']> = new Set(['SHARING_RULE', 'RECORD_GRANT'])

/**
 * Whether the caller may do this to the record in their own right: by a permission for all records, or by owning it, their team
 * or the hierarchy, and not only because it is shared with them.
 */
export async function hasOwnAccess(work: UnitOfWork, object: ObjectType, id: string, action: string): Promise<boolean> {
  const scopes = recordScopes(work.context.actor, object.singular, action)
  return scopes !== null && (await isReached(work, object, id, action, scopes))
}

const NAME = 'platform.transferInOwnRight'

/**
 * Why an update or an act may not give the record to another owner or team: what is shared for a while would be kept for good.
 * For every object that has an owner or a team; what rules change besides is theirs to answer for.
 */
export async function transferErrors(work: UnitOfWork, object: ObjectType, write: PendingWrite): Promise<UserError[]> {
  const { owner, team } = object.ownership
  const given = [owner, team].filter(
    (column) =>
      column !== null &&
      write.values[column.name] !== undefined &&
      (write.values[column.name] ?? null) !== (write.before?.[column.name] ?? null),
  )
  const act = actNamed(work.context.runtime.registry, write.operation)?.act
  const action = act ? actionOf(act) : 'update'
  const errors: UserError[] = []
  for (const column of given) {
    if (!column) continue
    const scopes = transferScopes(work, object, column, action)
    if (scopes && (await isReached(work, object, write.id, action, scopes))) continue
    const what = column === team ? 'team' : 'owner'
    errors.push(
      ruleViolation(
        NAME,
        ['input', act ? 'id' : column.name],
        `The ${object.name} is only shared with you, so you can't give it another ${what}. Ask its owner or an administrator.`,
      ),
    )
  }
  return errors
}

/** Scopes of which each has to hold for the record, and for the field that tells whose it is. Null for no right at all. */
function transferScopes(
  { context: { actor } }: UnitOfWork,
  object: ObjectType,
  column: Column,
  action: string,
): readonly ReadonlySet<Scope>[] | null {
  const records = recordScopes(actor, object.singular, action)
  const field = fieldOf(object, column)
  // An act writes what it is for: its permission is on the record.
  if (!records || field === null || action !== 'update') return records
  const fields = fieldScopes(actor, object.singular, action, field, isSensitive(object, field))
  return fields && [...records, ...fields]
}

/** The field that shows a column, or null. */
function fieldOf(object: ObjectType, column: Column): string | null {
  for (const [name, field] of object.fields) {
    if (field.kind === 'one' && foreignKey(object.model, field.relation).name === column.name) return name
    if (field.kind === 'column' && field.column.name === column.name) return name
  }
  return null
}

async function isReached(
  work: UnitOfWork,
  object: ObjectType,
  id: string,
  action: string,
  scopes: readonly ReadonlySet<Scope>[],
): Promise<boolean> {
  if (scopes.length === 0) return true
  const reading = startFinding(work.context)
  const row = rowOf(reading.alias(), object.model)
  const met = scopes.map((each) =>
    or(
      accessPaths(reading, object, row, action, each)
        .filter(({ kind }) => !SHARED.has(kind))
        .map((path) => path.met),
    ),
  )
  const found = await work.transaction.query(sql`select from ${tableOf(object, row)}
    where ${inSameWorkspace(reading, row)} and ${row.column('id')} = ${id}::uuid and ${and(met)}`)
  return found.length > 0
}
