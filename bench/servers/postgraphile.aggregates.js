import { PgAggregatesPreset } from '@graphile/pg-aggregates'
import { addPgTableCondition } from 'postgraphile/utils'

/**
 * Adds what the cases with groups need and pg-aggregates does not have: numbers of rows and months. Its own
 * `distinctCount` of ids would sort the ids of each group.
 */
const CountsAndMonths = {
  name: 'CountsAndMonths',
  version: '0.0.0',
  after: ['aggregates'],
  schema: {
    hooks: {
      build(build) {
        const {
          sql,
          dataplanPg: { TYPES },
        } = build
        build.pgAggregateSpecs.push({
          id: 'count',
          humanLabel: 'count',
          HumanLabel: 'Count',
          isSuitableType: () => true,
          sqlAggregateWrap: (value) => sql`count(${value})`,
          pgTypeCodecModifier: () => TYPES.bigint,
        })
        build.pgAggregateGroupBySpecs.push({
          id: 'truncated-to-month',
          isSuitableType: (codec) => codec === TYPES.timestamptz,
          sqlWrap: (value) => sql`date_trunc('month', ${value})`,
          sqlWrapCodec: (codec) => codec,
        })
        return build
      },
    },
  },
}

/** Returns a plugin that adds a condition to a table: a time from which on rows are selected. */
function since(tableName, fieldName, column) {
  return addPgTableCondition(
    { schemaName: 'public', tableName },
    fieldName,
    (build) => ({ type: build.getInputTypeByName('Datetime') }),
    (value, { sql, sqlTableAlias, sqlValueWithCodec, build }) =>
      sql`${sqlTableAlias}.${sql.identifier(column)} >= ${sqlValueWithCodec(value, build.dataplanPg.TYPES.timestamptz)}`,
  )
}

/** The preset for the cases with groups. */
export const AggregatesPreset = {
  extends: [PgAggregatesPreset],
  plugins: [
    CountsAndMonths,
    since('interactions', 'occurredSince', 'occurred_at'),
    since('accounts', 'createdSince', 'created_at'),
    since('opportunities', 'createdSince', 'created_at'),
  ],
}
