import { buildAndSerializeParamGraph } from '@prisma/param-graph-builder'
import schemaWasm from '@prisma/prisma-schema-wasm'

type Dmmf = Parameters<typeof buildAndSerializeParamGraph>[0]
type ModelMapping = Dmmf['mappings']['modelOperations'][number]

/** What Prisma's compiler of schemas returns. */
interface CompiledDmmf extends Omit<Dmmf, 'mappings'> {
  readonly mappings: Omit<Dmmf['mappings'], 'modelOperations'> & {
    readonly modelOperations: readonly CompiledMapping[]
  }
}

/** Names of a model's functions in queries. */
interface CompiledMapping extends Omit<ModelMapping, 'create' | 'update' | 'upsert' | 'delete'> {
  readonly createOne?: string
  readonly updateOne?: string
  readonly upsertOne?: string
  readonly deleteOne?: string
}

/**
 * Returns the description of the models of a composed schema as JSON, with the values that Prisma's generated code
 * contains. Computes for two seconds and enlarges the process by some 600 MB, of which the compiler never gives back its
 * part: so the server calls it in a process of its own, and this file imports nothing that slows the start of that
 * process.
 */
export function describeModels(schema: string): string {
  const dmmf = readClientDmmf(schema)
  // Without the graph, Prisma plans a query anew for each value of an argument, which takes more than twice the time.
  const parameterizationSchema = buildAndSerializeParamGraph(dmmf)
  return JSON.stringify({ runtimeDataModel: runtimeModels(dmmf), parameterizationSchema })
}

/** Returns the DMMF (data model meta format) of a schema, in the form that the generator of Prisma Client works with. */
function readClientDmmf(schema: string): Dmmf {
  const { mappings, ...rest }: CompiledDmmf = JSON.parse(
    schemaWasm.get_dmmf(JSON.stringify({ prismaSchema: [['composed.prisma', schema]], noColor: true })),
  )
  const modelOperations = mappings.modelOperations.map(
    // Without the new names, the parameter graph lacks the functions that write one record.
    ({ createOne = null, updateOne = null, upsertOne = null, deleteOne = null, ...others }): ModelMapping => ({
      ...others,
      create: createOne,
      update: updateOne,
      upsert: upsertOne,
      delete: deleteOne,
    }),
  )
  return { ...rest, mappings: { ...mappings, modelOperations } }
}

/** Returns what the client needs of the models at run time: of each field these properties, and of each enum nothing. */
function runtimeModels({ datamodel }: Dmmf): object {
  const needed = datamodel.models.map(({ name, fields, dbName, schema }) => [
    name,
    {
      fields: fields.map(({ name, kind, type, relationName, dbName }) => ({ name, kind, type, relationName, dbName })),
      dbName,
      schema,
    },
  ])
  return { models: Object.fromEntries(needed), enums: {}, types: {} }
}
