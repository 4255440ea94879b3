import type { ArgumentValues, FieldArgument, FieldArguments } from '../../declare/objects/field-args.ts'
import type { Registry } from '../../registry/object-type.ts'

/** A sample value of each scalar, with which the check builds the SQL of fields and filter conditions. */
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

/** Returns a sample value of a GraphQL input type: a scalar or an enum of the models. */
export function sampleOf(registry: Registry, type: string): unknown {
  return SCALARS[type] ?? registry.models.enums.get(type)?.values[0]?.name ?? {}
}

function argumentSample(registry: Registry, { type, isList }: FieldArgument): unknown {
  const sample = sampleOf(registry, type)
  return isList ? [sample] : sample
}

/**
 * Returns the values of arguments with which the SQL of a field is checked: once only the required arguments, and once
 * all of them, because code may build other SQL for an argument that is absent.
 */
export function argumentSamples(registry: Registry, args: FieldArguments = {}): readonly ArgumentValues[] {
  const all = Object.entries(args)
  const required = all.filter(([, { isRequired }]) => isRequired)
  const samplesOf = (entries: typeof all) =>
    Object.fromEntries(entries.map(([name, arg]) => [name, argumentSample(registry, arg)]))
  return required.length === all.length ? [samplesOf(all)] : [samplesOf(required), samplesOf(all)]
}
