import pg from 'pg'
import type { Column } from '../../data/models/models.ts'
import type { InputSpec } from '../input/input-specs.ts'
import type { ObjectWriter } from '../input/writer.ts'

/** The write of a record that violated a constraint of the database. */
export interface ViolatedWrite {
  readonly writer: ObjectWriter
  /** Names of the input fields that the caller has set; null for an act, delete or restore, whose input names only the record. */
  readonly fields: ReadonlySet<string> | null
}

const violatedWrites = new WeakMap<object, ViolatedWrite>()

/**
 * Runs the statements of a write. When PostgreSQL refuses one of them, remembers for `violatedWrite` which input fields
 * the caller has set.
 * @param fields See `ViolatedWrite`.
 */
export async function rememberingWrite<Result>(
  writer: ObjectWriter,
  fields: readonly string[] | null,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof pg.DatabaseError && !violatedWrites.has(error))
      violatedWrites.set(error, { writer, fields: fields && new Set(fields) })
    throw error
  }
}

/** Returns the write that PostgreSQL refused with this error; undefined for an error of another statement. */
export function violatedWrite(error: object): ViolatedWrite | undefined {
  return violatedWrites.get(error)
}

/**
 * Returns the name of the input field that sets a column of a table: of the object, or of its items. Null when clients
 * can't write the column.
 * @param column Name of the column in the database.
 */
export function inputFieldOf({ object, specs }: ObjectWriter, table: string, column: string): string | null {
  for (const spec of specs) {
    if (spec.kind === 'items') {
      if (spec.items.model.table === table) return spec.name
    } else if (object.model.table === table && columnsOf(spec).some((each) => each.column === column)) return spec.name
  }
  return null
}

/** Returns the names of the input fields that set the given columns, by the model's field names. */
export function inputFieldsOf({ specs }: ObjectWriter, columns: readonly string[]): string[] {
  return specs
    .filter((spec) => spec.kind !== 'items' && columnsOf(spec).some(({ name }) => columns.includes(name)))
    .map(({ name }) => name)
}

function columnsOf(spec: Exclude<InputSpec, { kind: 'items' }>): readonly Column[] {
  switch (spec.kind) {
    case 'column':
    case 'relation':
      return [spec.column]
    case 'money':
      return [spec.amount, spec.currency]
    case 'reference':
      return [spec.typeColumn, spec.idColumn]
  }
}
