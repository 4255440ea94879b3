import type { ObjectType } from '../../registry/object-type.ts'

/** Names in the GraphQL schema of the parts of an object's aggregate. */
export interface AggregateTypes {
  /** Root query field. */
  readonly field: string
  readonly aggregate: string
  readonly group: string
  readonly key: string
  readonly totals: string
  readonly extremes: string
  readonly distinctCounts: string
  readonly groupBy: string
  readonly having: string
  readonly orderBy: string
}

/** Returns the names of the parts of the object's aggregate. */
export function aggregateTypes({ name, singular }: Pick<ObjectType, 'name' | 'singular'>): AggregateTypes {
  const aggregate = `${name}Aggregate`
  return {
    field: `${singular}Aggregate`,
    aggregate,
    group: `${aggregate}Group`,
    key: `${aggregate}Key`,
    totals: `${aggregate}Totals`,
    extremes: `${aggregate}Extremes`,
    distinctCounts: `${aggregate}DistinctCounts`,
    groupBy: `${name}GroupBy`,
    having: `${aggregate}Having`,
    orderBy: `${aggregate}OrderBy`,
  }
}
