import SchemaBuilder, { type PothosOutputFieldConfig } from '@pothos/core'
import DataloaderPlugin from '@pothos/plugin-dataloader'
import PrismaPlugin, { type PrismaModelTypes } from '@pothos/plugin-prisma'
import type { GraphQLResolveInfo } from 'graphql'
import type { Models } from '../data/models/models.ts'
import type { Answer } from '../reads/reading.ts'
import type { RequestContext } from '../request/context.ts'
import { CurrencyCodeScalar, DateScalar, DateTimeScalar, DecimalScalar, JsonScalar } from './scalar-types.ts'
import { COMPILED_FIELDS } from './schema-fields/compiled-fields.ts'

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
  PrismaTypes: Readonly<Record<string, PrismaModelTypes>>
}

/** All types of the builder: those above and the defaults of Pothos, the library that builds the schema. */
export type SchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<OwnTypes>

export type Builder = ReturnType<typeof createBuilder>

/** Returns the configuration of a field of a plugin's `schema`, completed by what its execution needs. */
export type DescribeField = (config: PothosOutputFieldConfig<SchemaTypes>) => PothosOutputFieldConfig<SchemaTypes>

/** Creates the builder of one schema. Each schema has its own builder, so that one process can have several schemas. */
export function createBuilder(
  models: Models,
  describe: DescribeField = (config) => config,
  ownerOf: (typeName: string) => string | undefined = () => undefined,
) {
  const builder = new SchemaBuilder<OwnTypes>({
    defaultFieldNullability: false,
    plugins: [COMPILED_FIELDS, PrismaPlugin, DataloaderPlugin],
    compiledFields: { describe, ownerOf },
    prisma: {
      client: (context) => Reflect.get(context, 'prisma'),
      dmmf: { datamodel: models.datamodel },
      exposeDescriptions: false,
    },
  })
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
