import { type GraphQLScalarType, isScalarType } from 'graphql'
import type { FieldRead } from '../../declare/objects/field-read.ts'
import type { ResolvedField } from '../../declare/objects/fields.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import type { RecordType } from '../../registry/object-type.ts'
import { type Explanation, explainField } from '../../request/explanation.ts'
import { MAX_BUDGET_MS, runWithTimeLimit } from '../../sandbox/time-limit.ts'
import type { FieldGroup } from '../collect.ts'
import { deferred } from '../deferred.ts'
import { leafValue } from '../leaf.ts'
import { type Reading, type Resolution, tuple } from '../reading.ts'
import { scalarValue } from '../scalar-values.ts'
import { pluginFailed, reportOverrun, resolutionsOf } from './resolutions.ts'

/** Milliseconds that the code of a resolved field may take, unless it declares another budget. */
const DEFAULT_BUDGET_MS = 1_000

/**
 * Returns how a resolved field is read: the statement returns the columns that the field's code needs. The answer has a
 * placeholder, which `settleResolved` (`resolutions.ts`) replaces by the value that the code computes.
 * @throws CompositionError when the field needs a column that the model does not have.
 */
export function readResolved(type: RecordType, name: string, plugin: string, declaration: ResolvedField): FieldRead {
  const columns = declaration.needs.map((need) => {
    const column = type.model.columns.get(need)
    if (!column)
      throw new CompositionError(
        `${plugin}: ${type.name}.${name} needs ${need}, which is not a column of ${type.model.name}.`,
      )
    return column
  })
  return ({ reading, row, group }) => {
    const columnValues = columns.map((column) => scalarValue(column, row.column(column.name)))
    const { sql, elements } = tuple(columnValues.map((columnValue) => columnValue.sql))
    const resolution = resolutionOf(reading, plugin, `${type.name}.${name}`, declaration)
    return {
      sql,
      shape(value) {
        if (value === null) return null
        const values = elements(value)
        return resolution.add(
          Object.fromEntries(columns.map((column, index) => [column.name, columnValues[index]?.shape(values[index])])),
          group,
        )
      },
    }
  }
}

/** A resolved field of an answer, which collects the records whose values its code computes. */
interface FieldResolution extends Resolution {
  /**
   * Adds a record. Returns a placeholder (see `deferred`) for the answer, because the value is known only after `run`.
   * @param record The columns that the code needs, by the model's field names.
   * @param group Selected field, for the location of an error.
   */
  add(record: Readonly<Record<string, unknown>>, group: FieldGroup): unknown
}

const fieldResolution = resolutionsOf<FieldResolution>()

/** Returns the resolution of a field; creates it at the first call. */
function resolutionOf(reading: Reading, plugin: string, field: string, declaration: ResolvedField): FieldResolution {
  return fieldResolution(reading, declaration, () => {
    const type = reading.schema.getType(declaration.type)
    if (!isScalarType(type)) throw new Error(`${field}: ${declaration.type} is not a scalar.`)
    return createResolution({
      plugin,
      field,
      declaration,
      type,
      report: reading.report,
      explanation: reading.request?.explanation,
    })
  })
}

/** The declared field that a resolution computes. */
interface FieldToResolve {
  readonly plugin: string
  /** `<Object>.<field>` */
  readonly field: string
  readonly declaration: ResolvedField
  readonly type: GraphQLScalarType
  readonly report: Reading['report'] | undefined
  readonly explanation: Explanation | undefined
}

function createResolution(fieldToResolve: FieldToResolve): FieldResolution {
  const { plugin, field, declaration, report, explanation } = fieldToResolve
  const records: Readonly<Record<string, unknown>>[] = []
  // Index in `records` by the JSON of the columns: the value of equal records, such as a record that the answer
  // contains twice, is computed once.
  const indexes = new Map<string, number>()
  const outcomes: ({ readonly value: unknown } | { readonly error: unknown })[] = []
  return {
    get isPending() {
      return outcomes.length < records.length
    },
    add(record, group) {
      const key = JSON.stringify(record)
      const existing = indexes.get(key)
      const index = existing ?? records.push(record) - 1
      if (existing === undefined) indexes.set(key, index)
      return deferred(() => {
        const outcome = outcomes[index]
        if (!outcome) throw new Error(`${field} was not computed.`)
        try {
          if ('error' in outcome) throw outcome.error
          return serialize(fieldToResolve, outcome.value)
        } catch (error) {
          throw pluginFailed({ plugin, field }, error, group)
        }
      })
    },
    async run() {
      const added = records.slice(outcomes.length)
      const started = performance.now()
      const budgetMs = Math.min(declaration.budgetMs ?? DEFAULT_BUDGET_MS, MAX_BUDGET_MS)
      try {
        const resolve = async () => valuesOf(await declaration.resolve(added), added.length)
        const values = await runWithTimeLimit({ plugin, name: field }, budgetMs, resolve)
        outcomes.push(...values.map((value) => ({ value })))
      } catch (error) {
        outcomes.push(...added.map(() => ({ error })))
        await reportOverrun(report, error)
      }
      const milliseconds = performance.now() - started
      explainField(explanation, { plugin, field, values: added.length, calls: 1, milliseconds })
    },
  }
}

/** Checks that the code returned a list with one value for each record. */
function valuesOf(values: unknown, count: number): readonly unknown[] {
  if (Array.isArray(values) && values.length === count) return values
  throw new TypeError(`The code did not return a list of ${count} values.`)
}

/** Returns the value in the form in which GraphQL returns it. Throws when the value is not of the field's type. */
function serialize({ declaration, type }: FieldToResolve, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (!declaration.isList) return leafValue(type, value)
  if (!Array.isArray(value)) throw new TypeError('The code did not return a list.')
  return value.map((element: unknown) => leafValue(type, element))
}
