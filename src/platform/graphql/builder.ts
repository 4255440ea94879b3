import SchemaBuilder from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import type { Answer } from '../reads/reading.ts'
import type { RequestContext } from '../request/context.ts'
import { CurrencyCodeScalar, DateScalar, DateTimeScalar, DecimalScalar, JsonScalar } from './scalar-types.ts'

interface OwnTypes {
  Context: RequestContext
  Scalars: {
    ID: { Input: string; Output: unknown }
    DateTime: { Input: Date; Output: unknown }
    Date: { Input: string; Output: unknown }
    Decimal: { Input: string; Output: unknown }
    CurrencyCode: { Input: string; Output: unknown }
    JSON: { Input: unknown; Output: unknown }
  }
  Root: Answer
  DefaultFieldNullability: false
}

/** All types of the builder: those above and the defaults of Pothos, the library that builds the schema. */
export type SchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<OwnTypes>

export type Builder = ReturnType<typeof createBuilder>

/** Creates the builder of one schema. Each schema has its own builder, so that one process can have several schemas. */
export function createBuilder() {
  const builder = new SchemaBuilder<OwnTypes>({ defaultFieldNullability: false })
  builder.addScalarType('DateTime', DateTimeScalar)
  builder.addScalarType('Date', DateScalar)
  builder.addScalarType('Decimal', DecimalScalar)
  builder.addScalarType('CurrencyCode', CurrencyCodeScalar)
  builder.addScalarType('JSON', JsonScalar)
  return builder
}

/**
 * Resolver of every field whose value the SQL statement of the request has already read. Returns the value from the
 * answer (the data of the response), by the field's response key.
 */
export function byResponseKey(answer: Answer, _args: unknown, _context: unknown, info: GraphQLResolveInfo): unknown {
  return answer[info.path.key]
}

/** Does the same as `byResponseKey` for a field with a list. Returns null when the value is not a list. */
export function listByResponseKey(
  answer: Answer,
  _args: unknown,
  _context: unknown,
  info: GraphQLResolveInfo,
): readonly unknown[] | null {
  const list = answer[info.path.key]
  return Array.isArray(list) ? list : null
}
