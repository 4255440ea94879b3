/** Functions of a model that read. */
const READS = [
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
] as const

/** Functions of a model that write. */
const WRITES = [
  'create',
  'createMany',
  'createManyAndReturn',
  'update',
  'updateMany',
  'updateManyAndReturn',
  'upsert',
  'delete',
  'deleteMany',
] as const

/** Names of the functions of a model that write. */
export const WRITE_FUNCTIONS: ReadonlySet<string> = new Set(WRITES)

/** Names of the functions of a model that a context offers. */
export const FUNCTIONS: ReadonlySet<string> = new Set([...READS, ...WRITES])

/** Name of a function that reads, such as `findMany`. */
export type ReadFunction = (typeof READS)[number]
