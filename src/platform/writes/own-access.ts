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
import { ownershipColumns } from '../registry/ownership.ts'
import type { UnitOfWork } from '../request/context.ts'

const SHARED_PATHS: ReadonlySet<AccessPath['kind']> = new Set(['SHARING_RULE', 'RECORD_GRANT'])

/**
 * Whether the caller may do the action on the record in their own right: they have the permission on all records, or
 * they, their team or their subordinates own the record, as far as the scope of their permission goes. A record that is
 * only shared with them does not count.
 */
export async function hasOwnAccess(work: UnitOfWork, object: ObjectType, id: string, action: string): Promise<boolean> {
  const scopes = recordScopes(work.context.actor, object.singular, action)
  return scopes !== null && (await coversInOwnRight(work, object, id, action, scopes))
}

/** Rule name in the refusals of `transferErrors`. */
const RULE_NAME = 'platform.transferInOwnRight'

/**
 * Returns an error when an update or a business act (such as `completeTask`) changes the owner or team of a record that
 * is only shared with the caller, or a relation or user that decides about owners elsewhere: `lease` of a payment that is
 * owned by `lease.manager`, and `manager` of a lease. Otherwise the caller could make themselves the owner, and would
 * keep the record when it is no longer shared. Runs before the rules, so a value that a rule sets is not checked.
 */
export async function transferErrors(work: UnitOfWork, object: ObjectType, write: PendingWrite): Promise<UserError[]> {
  const { registry } = work.context.runtime
  const changed = ownershipColumns(registry, object).filter(
    ({ column: { name } }) =>
      write.values[name] !== undefined && (write.values[name] ?? null) !== (write.before?.[name] ?? null),
  )
  const act = actNamed(registry, write.operation)?.act
  const action = act ? actionOf(act) : 'update'
  const errors: UserError[] = []
  for (const { column, role } of changed) {
    const scopes = transferScopes(work, object, column, action)
    if (scopes && (await coversInOwnRight(work, object, write.id, action, scopes))) continue
    const what = role === null ? `change ${column.name}, which decides who owns records` : `give it another ${role}`
    errors.push(
      ruleViolation(
        RULE_NAME,
        ['input', act ? 'id' : column.name],
        `The ${object.name} is only shared with you, so you can't ${what}. Ask its owner or an administrator.`,
      ),
    )
  }
  return errors
}

/**
 * The caller needs permission to change the record and, when the action is `update`, also the field with its owner or
 * team, or by which another record has them. Returns the scopes of these permissions: a list of sets, each of which has to cover the record; empty means all
 * records. Null when a permission is missing.
 */
function transferScopes(
  { context: { actor } }: UnitOfWork,
  object: ObjectType,
  column: Column,
  action: string,
): readonly ReadonlySet<Scope>[] | null {
  const records = recordScopes(actor, object.singular, action)
  const field = fieldOf(object, column)
  // A business act with an action of its own, such as `convert`, needs only the permission on the record. It decides
  // itself which fields it writes, so permissions on fields are not checked.
  if (!records || field === null || action !== 'update') return records
  const fields = fieldScopes(actor, object.singular, action, field, isSensitive(object, field))
  return fields && [...records, ...fields]
}

/** Returns the name of the field whose value is stored in a column, or null. */
function fieldOf(object: ObjectType, column: Column): string | null {
  for (const [name, field] of object.fields) {
    if (field.kind === 'one' && foreignKey(object.model, field.relation).name === column.name) return name
    if (field.kind === 'column' && field.column.name === column.name) return name
  }
  return null
}

/**
 * Whether each of the scope sets covers the record by its owner or team, and not only by sharing. True for an empty
 * list: the caller has the permission on all records.
 */
async function coversInOwnRight(
  work: UnitOfWork,
  object: ObjectType,
  id: string,
  action: string,
  scopes: readonly ReadonlySet<Scope>[],
): Promise<boolean> {
  if (scopes.length === 0) return true
  const reading = startFinding(work.context)
  const row = rowOf(reading.alias(), object.model)
  const conditions = scopes.map((scopeSet) =>
    or(
      accessPaths(reading, object, row, action, scopeSet)
        .filter(({ kind }) => !SHARED_PATHS.has(kind))
        .map((path) => path.condition),
    ),
  )
  const found = await work.transaction.query(sql`select from ${tableOf(object, row)}
    where ${inSameWorkspace(reading, row)} and ${row.column('id')} = ${id}::uuid and ${and(conditions)}`)
  return found.length > 0
}
