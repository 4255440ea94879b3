import pg from 'pg'
import { isStillReferredTo } from '../data/violations.ts'
import { duplicate, invalid, notFound, type UserError } from '../declare/rules/user-errors.ts'
import { constraintNamed } from '../registry/constraints.ts'
import type { Registry } from '../registry/object-type.ts'
import type { Runtime } from '../request/context.ts'
import { DeletedTargetError } from './references/deleted-targets.ts'
import { objectNameOf } from './references/restricting.ts'
import { inputFieldOf, violatedWrite } from './rows/violated-write.ts'

const UNIQUE_VIOLATION = '23505'
const EXCLUSION_VIOLATION = '23P01'
const FOREIGN_KEY_VIOLATION = '23503'
const CHECK_VIOLATION = '23514'
const NUMERIC_OUT_OF_RANGE = '22003'

/**
 * Returns the user error for a constraint that a statement violated, or null for any other error. Rules check most
 * constraints before a write, but they can't see what a concurrent transaction writes. A plugin declares the message,
 * path and type of the error for the constraints of its tables.
 */
export function constraintError(
  error: unknown,
  { registry, uniqueIndexes }: Pick<Runtime, 'registry' | 'uniqueIndexes'>,
): UserError | null {
  if (error instanceof DeletedTargetError) return error.userError
  if (!(error instanceof pg.DatabaseError)) return null
  const general = isStillReferredTo(error) ? restrictedError(error, registry) : generalError(error, uniqueIndexes)
  const declared = general && constraintNamed(registry, error.constraint ?? '')
  if (!declared) return general
  const { message, path, error: type } = declared
  // The path of a declaration names a field of creates and updates, which other inputs do not have.
  const namesRecord = violatedWrite(error)?.fields === null
  return {
    typename: type?.name ?? general.typename,
    code: type?.code ?? general.code,
    message,
    path: path && !namesRecord ? ['input', ...path] : general.path,
  }
}

/** Returns the error for a row that can't be deleted, because the row of another table refers to it. */
function restrictedError({ table }: pg.DatabaseError, registry: Registry): UserError {
  const model = [...registry.models.models.values()].find((each) => each.table === table)
  const name = model ? (objectNameOf(registry, model) ?? model.name) : table
  return invalid(['input'], `A record is in use by ${name}. Delete the records that refer to it first.`)
}

function generalError(error: pg.DatabaseError, uniqueIndexes: Runtime['uniqueIndexes']): UserError | null {
  switch (error.code) {
    case UNIQUE_VIOLATION: {
      const { names, path } = violatedFields(error, uniqueIndexes)
      return duplicate(path, `Another record has the same ${names.join(' and ') || 'value'} already.`)
    }
    case EXCLUSION_VIOLATION: {
      const { names, path } = violatedFields(error, uniqueIndexes)
      return duplicate(path, `The values of ${names.join(', ') || 'the record'} conflict with those of another record.`)
    }
    case FOREIGN_KEY_VIOLATION:
      return notFound(violatedPath(error), 'A record that the input refers to')
    case CHECK_VIOLATION:
      return invalid(violatedPath(error), 'The values do not fit together.')
    case NUMERIC_OUT_OF_RANGE:
      return invalid(violatedPath(error), 'A number is out of range.')
    default:
      return null
  }
}

/** Path of the record that an act, delete or restore is about. */
const RECORD_PATH = ['input', 'id']

/** Returns the path of the error for a constraint whose columns are not known. */
function violatedPath(error: pg.DatabaseError): readonly string[] {
  return violatedWrite(error)?.fields === null ? RECORD_PATH : ['input']
}

/**
 * Returns the input fields of a violated index, and the path of the first one that the caller has set: of an act, delete or
 * restore the path of the record. The path is null when an update has set none of them: a rule has.
 */
function violatedFields(
  error: pg.DatabaseError,
  uniqueIndexes: Runtime['uniqueIndexes'],
): { readonly names: readonly string[]; readonly path: readonly string[] | null } {
  const columns = (uniqueIndexes.get(error.constraint ?? '')?.columns ?? []).filter((name) => name !== 'workspace_id')
  const write = violatedWrite(error)
  const writable = columns.flatMap((column) => (write && inputFieldOf(write.writer, error.table ?? '', column)) ?? [])
  const names = [...new Set(writable.length > 0 ? writable : columns.map(camelCase))]
  if (write?.fields === null) return { names, path: RECORD_PATH }
  const named = write ? names.find((name) => write.fields?.has(name)) : names[0]
  return { names, path: named === undefined ? null : ['input', named] }
}

/** Returns the name of a column as models have it: `sourceId` for `source_id`. */
function camelCase(column: string): string {
  return column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
