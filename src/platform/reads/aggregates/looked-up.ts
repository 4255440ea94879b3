import { columnOf, type Sql, sql } from '../../data/sql.ts'
import type { Compiled } from '../../declare/objects/field-read.ts'
import type { Reading } from '../reading.ts'

/** The related records of groups. Each record is read once, however many groups have it as a key. */
export interface LookedUp {
  /**
   * Adds the record of a column with its id. Returns what a group has of it: only the id, which is then shaped with the
   * record that `use` was given.
   * @param compile compiles the record with an id
   */
  add(column: Sql, compile: (id: Sql) => Compiled): Compiled
  /** Returns SQL of the records of these groups, one JSON object by id for each call of `add`. */
  select(groups: Sql): readonly Sql[]
  /** Sets the records, as the statement has returned them, before groups are shaped. */
  use(records: readonly unknown[]): void
}

/** Starts without records. */
export function startLookedUp(reading: Reading): LookedUp {
  const records: { readonly column: Sql; readonly ids: Sql; readonly record: Sql }[] = []
  let found: readonly unknown[] = []
  return {
    add(column, compile) {
      const ids = reading.alias()
      const { sql: record, shape } = compile(columnOf(ids, 'id'))
      const index = records.push({ column, ids, record }) - 1
      return {
        sql: column,
        shape: (id) => shape(typeof id === 'string' ? Reflect.get(Object(found[index]), id) : null),
      }
    },
    select: (groups) =>
      records.map(
        ({ column, ids, record }) =>
          sql`(select json_object_agg(${columnOf(ids, 'id')}, ${record}) from (select distinct ${column} as id from ${groups} where ${column} is not null) ${ids})`,
      ),
    use(returned) {
      found = returned
    },
  }
}
