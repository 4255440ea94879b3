import { type Sql, sql } from '../../data/sql.ts'

/** A value that is computed from the rows of a group. */
export interface Aggregation {
  /** SQL of the value, over the rows of the group. */
  readonly whole: Sql
  /** How to compute the same value from parts of the group. Null when the values of parts don't determine it. */
  readonly parts: AggregationParts | null
}

/** Values of each part of a group, from which a value of the whole group is computed. */
export interface AggregationParts {
  /** SQL of the values of a part, over its rows. */
  readonly values: readonly Sql[]
  /** Returns SQL of the value of the whole group, over its parts. `values` are the columns with the values of a part. */
  readonly merge: (values: readonly Sql[]) => Sql
}

/** Number of rows of a group. */
export const COUNT: Aggregation = {
  whole: sql`count(*)`,
  parts: { values: [sql`count(*)`], merge: ([count]) => sql`sum(${count})::bigint` },
}

/** Least or greatest value of a group. A FILTER clause may follow the value. */
export function extreme(name: 'min' | 'max', value: Sql, filter: Sql): Aggregation {
  const over = (expression: Sql | undefined) => (name === 'min' ? sql`min(${expression})` : sql`max(${expression})`)
  const whole = sql`${over(value)}${filter}`
  return { whole, parts: { values: [whole], merge: ([part]) => over(part) } }
}

/** Sum of exact numbers. PostgreSQL's sums and averages of whole numbers and decimals are exact and don't overflow. */
export function exactSum(value: Sql): Aggregation {
  const whole = sql`sum(${value})`
  return { whole, parts: { values: [whole], merge: ([sum]) => sql`sum(${sum})` } }
}

/** Average of exact numbers, rounded to a number of decimal places. */
export function exactAverage(value: Sql, places: number): Aggregation {
  return {
    whole: sql`round(avg(${value}), ${places}::int)`,
    parts: {
      values: [sql`sum(${value})`, sql`count(${value})`],
      merge: ([sum, count]) => sql`round(sum(${sum}) / nullif(sum(${count}), 0), ${places}::int)`,
    },
  }
}

/**
 * A value that can't be computed from parts of a group: a number of different values, or a function of floating-point
 * numbers, whose result depends on the order in which they are added.
 */
export function wholeOnly(whole: Sql): Aggregation {
  return { whole, parts: null }
}
