import { GraphQLError, type GraphQLScalarType, isScalarType } from 'graphql'
import type { FieldRead } from '../../declare/objects/field-read.ts'
import type { ResolvedField } from '../../declare/objects/fields.ts'
import type { ErrorCode } from '../../errors.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import type { RecordType } from '../../registry/object-type.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'
import { MAX_BUDGET_MS, runWithTimeLimit } from '../../sandbox/time-limit.ts'
import type { FieldGroup } from '../collect.ts'
import { deferred, type OnFailure, settleWithin } from '../deferred.ts'
import { leafValue } from '../leaf.ts'
import { type Reading, type Resolution, tuple } from '../reading.ts'
import { scalarValue } from '../scalar-values.ts'

const DEFAULT_BUDGET_MS = 1_000

/** Reads the columns that the code needs. What it computes from them is put in its place by `settleResolved`. */
export function readResolved(type: RecordType, name: string, plugin: string, declaration: ResolvedField): FieldRead {
  const columns = declaration.needs.map((need) => {
    const column = type.model.columns.get(need)
    if (!column)
      throw new CompositionError(
        `${plugin}: ${type.name}.${name} needs ${need}, which is no column of ${type.model.name}.`,
      )
    return column
  })
  return ({ reading, row, group }) => {
    const parts = columns.map((column) => scalarValue(column, row.column(column.name)))
    const { sql, elements } = tuple(parts.map((part) => part.sql))
    const resolution = resolutionOf(reading, plugin, `${type.name}.${name}`, declaration)
    return {
      sql,
      shape(value) {
        if (value === null) return null
        const values = elements(value)
        return resolution.add(
          Object.fromEntries(columns.map((column, index) => [column.name, parts[index]?.shape(values[index])])),
          group,
        )
      },
    }
  }
}

/** Runs the code of every resolved field that the answer holds, each once for all records, and puts the values in their place. */
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

/** Runs the code only; the values are still to be put in their place, by `settleWithin`. */
export async function computeResolved(reading: Reading): Promise<void> {
  await Promise.all([...reading.resolutions.values()].map((resolution) => resolution.run()))
}

function resolutionOf(reading: Reading, plugin: string, field: string, declaration: ResolvedField): Resolution {
  const known = reading.resolutions.get(declaration)
  if (known) return known
  const type = reading.schema.getType(declaration.type)
  if (!isScalarType(type)) throw new Error(`${field}: ${declaration.type} is no scalar.`)
  const made = startResolution({ plugin, field, declaration, type, report: reading.report })
  reading.resolutions.set(declaration, made)
  return made
}

interface Resolving {
  readonly plugin: string
  /** `<Object>.<field>` */
  readonly field: string
  readonly declaration: ResolvedField
  readonly type: GraphQLScalarType
  readonly report: Reading['report'] | undefined
}

function startResolution(resolving: Resolving): Resolution {
  const { plugin, field, declaration, report } = resolving
  const records: Readonly<Record<string, unknown>>[] = []
  // A record that the answer holds in several places is computed once.
  const places = new Map<string, number>()
  let outcome: { readonly values: readonly unknown[] } | { readonly error: unknown } | null = null
  return {
    add(record, group) {
      const key = JSON.stringify(record)
      const known = places.get(key)
      const index = known ?? records.push(record) - 1
      if (known === undefined) places.set(key, index)
      return deferred(() => {
        if (!outcome) throw new Error(`${field} was not computed.`)
        try {
          if ('error' in outcome) throw outcome.error
          return serialized(resolving, outcome.values[index])
        } catch (error) {
          throw failed(resolving, error, group)
        }
      })
    },
    async run() {
      if (records.length === 0) return
      const budgetMs = Math.min(declaration.budgetMs ?? DEFAULT_BUDGET_MS, MAX_BUDGET_MS)
      try {
        const resolve = async () => valuesOf(await declaration.resolve(records), records.length)
        outcome = { values: await runWithTimeLimit({ plugin, name: field }, budgetMs, resolve) }
      } catch (error) {
        outcome = { error }
        // What only fails is told where the field is answered.
        if (error instanceof PluginFailedError && error.kind === 'OVERRAN') await report?.(error)
      }
    },
  }
}

function valuesOf(values: unknown, count: number): readonly unknown[] {
  if (Array.isArray(values) && values.length === count) return values
  throw new TypeError(`It answered no list of ${count} values.`)
}

function failed({ plugin, field }: Resolving, cause: unknown, nodes: FieldGroup): GraphQLError {
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

/** The value as GraphQL answers it. Throws for one that is not of the field's type. */
function serialized({ declaration, type }: Resolving, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (!declaration.isList) return leafValue(type, value)
  if (!Array.isArray(value)) throw new TypeError('It answered no list.')
  return value.map((element: unknown) => leafValue(type, element))
}
