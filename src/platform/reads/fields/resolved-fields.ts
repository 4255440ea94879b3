import { GraphQLError, type GraphQLScalarType, isScalarType } from 'graphql'
import type { FieldRead } from '../../declare/objects/field-read.ts'
import type { ResolvedField } from '../../declare/objects/fields.ts'
import type { ErrorCode } from '../../errors.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import type { RecordType } from '../../registry/object-type.ts'
import { type Explanation, explainField } from '../../request/explanation.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'
import { MAX_BUDGET_MS, runWithTimeLimit } from '../../sandbox/time-limit.ts'
import type { FieldGroup } from '../collect.ts'
import { deferred, type OnFailure, settleWithin } from '../deferred.ts'
import { leafValue } from '../leaf.ts'
import { type Reading, type Resolution, tuple } from '../reading.ts'
import { scalarValue } from '../scalar-values.ts'

/** Milliseconds that the code of a resolved field may take, unless it declares another budget. */
const DEFAULT_BUDGET_MS = 1_000

/**
 * Returns how a resolved field is read: the statement returns the columns that the field's code needs. The answer has a
 * placeholder, which `settleResolved` replaces by the value that the code computes.
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

/**
 * Runs the code of every resolved field of a reading, once for all records. Then replaces the placeholders in the
 * answer by the computed values: it changes `answer` itself, and returns it.
 * @param answer An answer, or a list of answers, of this reading.
 * @param path Path of the answer in the response. Used only for the path that `onFailure` gets.
 */
export async function settleResolved(
  reading: Reading,
  answer: unknown,
  path: readonly (string | number)[],
  onFailure: OnFailure,
): Promise<unknown> {
  if (reading.resolutions.size === 0) return answer
  await computeResolved(reading)
  return settleWithin(answer, path, onFailure)
}

/**
 * Runs the code of every resolved field of a reading. Call `settleWithin` afterwards: it replaces the placeholders in
 * the answer by the computed values.
 */
export async function computeResolved(reading: Reading): Promise<void> {
  // A value can contain records, whose fields may have to be computed too.
  for (let pending = pendingOf(reading); pending.length > 0; pending = pendingOf(reading))
    // In a shared transaction one after the other, because their savepoints must not interleave.
    if (reading.transaction) for (const resolution of pending) await resolution.run()
    else await Promise.all(pending.map((resolution) => resolution.run()))
  await Promise.all([...reading.resolutions.values()].map((resolution) => resolution.end?.()))
}

function pendingOf({ resolutions }: Reading): Resolution[] {
  return [...resolutions.values()].filter(({ isPending }) => isPending)
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

const fieldResolutions = new WeakMap<Resolution, FieldResolution>()

/** Returns the resolution of a field; creates it at the first call. */
function resolutionOf(reading: Reading, plugin: string, field: string, declaration: ResolvedField): FieldResolution {
  const existing = reading.resolutions.get(declaration)
  const known = existing && fieldResolutions.get(existing)
  if (known) return known
  const type = reading.schema.getType(declaration.type)
  if (!isScalarType(type)) throw new Error(`${field}: ${declaration.type} is not a scalar.`)
  const resolution = createResolution({
    plugin,
    field,
    declaration,
    type,
    report: reading.report,
    explanation: reading.request?.explanation,
  })
  reading.resolutions.set(declaration, resolution)
  fieldResolutions.set(resolution, resolution)
  return resolution
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

/**
 * Reports an overrun of a budget, because it delays other requests. Any other failure is only an error of the field in
 * the response.
 */
export async function reportOverrun(report: Reading['report'], error: unknown): Promise<void> {
  if (error instanceof PluginFailedError && error.kind === 'OVERRAN') await report?.(error)
}

/** Checks that the code returned a list with one value for each record. */
function valuesOf(values: unknown, count: number): readonly unknown[] {
  if (Array.isArray(values) && values.length === count) return values
  throw new TypeError(`The code did not return a list of ${count} values.`)
}

/** Creates the error PLUGIN_FAILED at the selected field. */
export function pluginFailed(
  { plugin, field }: Pick<FieldToResolve, 'plugin' | 'field'>,
  cause: unknown,
  nodes: FieldGroup,
): GraphQLError {
  const code: ErrorCode = 'PLUGIN_FAILED'
  return new GraphQLError(
    `The plugin ${plugin} failed in ${field}: the field is left empty. Tell an administrator of the workspace, who can look at the plugin and disable it.`,
    {
      nodes,
      extensions: { code, plugin, field },
      originalError: cause instanceof Error ? cause : new Error(String(cause)),
    },
  )
}

/** Returns the value in the form in which GraphQL returns it. Throws when the value is not of the field's type. */
function serialize({ declaration, type }: FieldToResolve, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (!declaration.isList) return leafValue(type, value)
  if (!Array.isArray(value)) throw new TypeError('The code did not return a list.')
  return value.map((element: unknown) => leafValue(type, element))
}
