import type { PothosInputFieldConfig, PothosInputFieldType, PothosOutputFieldConfig } from '@pothos/core'
import type { SchemaTypes } from '../builder.ts'
import { namedSample } from '../check/sample-values.ts'
import type { TypeStore } from '../types.ts'
import { typeNameOf } from './type-name.ts'

type Types = Pick<TypeStore, 'builder' | 'registry'>
type Declared = Pick<PothosInputFieldConfig<SchemaTypes>, 'type' | 'defaultValue'>

/**
 * Returns the arguments with which the selection of a field is tried when the schema is composed: the defaults, and a
 * sample value of each other argument that is required. A scalar of a plugin's `schema` has no sample: its argument is
 * absent.
 */
export function trialArguments(
  types: Types,
  { args }: PothosOutputFieldConfig<SchemaTypes>,
): Readonly<Record<string, unknown>> {
  return samplesOf(types, Object.entries(args), false)
}

function samplesOf(
  types: Types,
  declared: Iterable<readonly [string, Declared]>,
  isNested: boolean,
): Readonly<Record<string, unknown>> {
  const samples = Array.from(declared, ([name, { type, defaultValue }]) => {
    const sample: unknown = type.required ? sampleOf(types, type, isNested) : undefined
    return [name, defaultValue ?? sample] as const
  })
  return Object.fromEntries(samples.filter(([, sample]) => sample !== undefined))
}

function sampleOf(types: Types, type: PothosInputFieldType<SchemaTypes>, isNested: boolean): unknown {
  // A list within an input type may be a list of the same type.
  if (type.kind === 'List') return isNested ? [] : [sampleOf(types, type.type, isNested)]
  const name = typeNameOf(type)
  const known = namedSample(types.registry, name)
  if (known !== undefined) return known
  const { configStore } = types.builder
  const config = configStore.typeConfigs.get(name)
  if (config?.kind === 'InputObject') return samplesOf(types, configStore.getFields(name, 'InputObject'), true)
  if (config?.kind !== 'Enum') return undefined
  const [first] = Object.entries(config.values)
  return first?.[1].value ?? first?.[0]
}
