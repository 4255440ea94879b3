import type { ArgumentValues, FieldArguments } from '../../declare/objects/field-args.ts'
import type { ConditionDeclaration } from '../../declare/objects/fields.ts'
import type { OperationInputType } from '../../declare/rules/operation-input.ts'
import type { Registry } from '../../registry/object-type.ts'
import { scalarNamed } from '../../registry/scalars.ts'

/** A sample value of each scalar, with which checks call the functions of plugins that get arguments. */
const SCALARS: Readonly<Record<string, unknown>> = {
  Boolean: true,
  Int: 1,
  Float: 1,
  String: 'a',
  Date: '2024-05-01',
  DateTime: new Date(0),
  Decimal: '1.00',
  CurrencyCode: 'EUR',
  ID: 'account_00000000000000000000000000',
  JSON: {},
}

/** Which optional arguments and fields of input types samples have: none of them, or all of them. */
type Optional = 'none' | 'all'

/** A declared argument or field of an input type. */
interface DeclaredValue {
  readonly type: string | OperationInputType
  readonly isList?: true
  readonly isRequired?: true
}

function sampleOf(registry: Registry, type: string | OperationInputType, optional: Optional): unknown {
  if (typeof type !== 'string') return samplesOf(registry, type.fields, optional)
  return namedSample(registry, type) ?? 'a'
}

/**
 * Returns a sample value of a scalar of core or a plugin, or of an enum of the models, by its name; undefined for any
 * other type.
 */
export function namedSample(registry: Registry, type: string): unknown {
  const enumValue = registry.models.enums.get(type)?.values[0]?.name
  return SCALARS[type] ?? enumValue ?? scalarNamed(registry, type)?.declaration.example
}

function samplesOf(
  registry: Registry,
  declared: Readonly<Record<string, DeclaredValue>>,
  optional: Optional,
): ArgumentValues {
  return Object.fromEntries(
    Object.entries(declared)
      .filter(([, { isRequired }]) => isRequired || optional === 'all')
      .map(([name, { type, isList }]) => {
        const sample = sampleOf(registry, type, optional)
        return [name, isList ? [sample] : sample]
      }),
  )
}

/**
 * Returns the values of arguments with which the SQL of a field is checked: once only the required arguments, and once
 * all of them, because code may build other SQL for an argument that is absent.
 */
export function argumentSamples(registry: Registry, args: FieldArguments = {}): readonly ArgumentValues[] {
  const all = samplesOf(registry, args, 'all')
  // Without an optional value, both are the same.
  const isAlwaysAll = Object.values(args).every(({ type, isRequired }) => isRequired && typeof type === 'string')
  return isAlwaysAll ? [all] : [samplesOf(registry, args, 'none'), all]
}

/** Returns the values with which the SQL of a filter condition is checked, as `argumentSamples`. */
export function conditionSamples(registry: Registry, { type }: ConditionDeclaration): readonly unknown[] {
  const all = sampleOf(registry, type, 'all')
  return typeof type === 'string' ? [all] : [sampleOf(registry, type, 'none'), all]
}
