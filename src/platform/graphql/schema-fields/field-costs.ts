import type { PothosOutputFieldConfig } from '@pothos/core'
import type { FieldCost, ListSize } from '../../declare/field-cost.ts'
import { WEIGHTS } from '../../declare/field-cost.ts'
import { DEFAULT_TAKE } from '../../reads/schema-fields/relation-field.ts'
import { MAX_TAKE } from '../../reads/schema-fields/select-map.ts'
import type { SchemaTypes } from '../builder.ts'
import { defaultsOf, type Selection, sampleContext } from './selections.ts'

type Config = PothosOutputFieldConfig<SchemaTypes>

/** Number of elements with which the cost of a list that code returns is counted. */
const DEFAULT_SIZE = 10

/** Returns the cost of a field of a plugin's `schema`: 1 point on objects and 10 on `Query`, unless it declares another. */
export function costOf({ parentType, pothosOptions }: Config, size: ListSize | null): FieldCost {
  const weight = pothosOptions.cost ?? (parentType === 'Query' ? WEIGHTS.pluginQuery : 1)
  return size ? { weight, size } : { weight }
}

/** Returns the size of a list that code returns; null for a field that is no list. */
export function listSize(config: Config): ListSize | null {
  return config.type.kind === 'List' ? sizeOf(config, DEFAULT_SIZE) : null
}

/** Returns the size of a list of related records; null for a field with one record. */
export function relationSize(
  config: Config,
  query: Extract<Selection, { kind: 'relation' }>['query'],
): ListSize | null {
  return config.type.kind === 'List' ? sizeOf(config, takeOf(config, query)) : null
}

function sizeOf({ pothosOptions: { size }, args }: Config, otherwise: number): ListSize {
  if (size !== undefined) return { argument: null, default: size, max: MAX_TAKE }
  const argument = ['take', 'first'].find((name) => name in args) ?? null
  const declared = argument === null ? undefined : args[argument]?.defaultValue
  return { argument, default: typeof declared === 'number' ? declared : otherwise, max: MAX_TAKE }
}

function takeOf(config: Config, query: Extract<Selection, { kind: 'relation' }>['query']): number {
  let take: unknown
  try {
    take = Reflect.get(
      query(
        defaultsOf(config),
        sampleContext(`${config.parentType}.${config.name}`, () => true),
      ),
      'take',
    )
  } catch {
    // The query needs arguments that only a client passes.
  }
  return typeof take === 'number' ? take : DEFAULT_TAKE
}
