import type { PrismaClient } from '../../../generated/prisma/client.ts'
import type { ReadFunction } from '../data/prisma/functions.ts'

/**
 * Types that `rapport plugin types` generates for the plugins of a project, which it adds to this interface: `prisma` is
 * the client for the models of core and the plugins together, and `pothos` describes the models for `schema`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: generated code adds its properties.
export interface GeneratedTypes {}

type ComposedClient = GeneratedTypes extends { readonly prisma: infer Client } ? Client : PrismaClient

/** Names of the models of a client. Its other properties, such as `$queryRaw`, would leave the transaction. */
type ModelOf<Client> = Exclude<keyof Client, symbol | `$${string}`>

/**
 * Prisma Client within the transaction of the context: one property for each model, such as `prisma.account`, with the
 * functions `findUnique`, `findFirst`, `findMany`, `count`, `aggregate` and `groupBy`. Models of plugins also have the
 * functions that write.
 */
export type PluginPrisma = {
  readonly [Model in ModelOf<ComposedClient>]: Model extends ModelOf<PrismaClient>
    ? Pick<ComposedClient[Model], Extract<ReadFunction | 'fields', keyof ComposedClient[Model]>>
    : ComposedClient[Model]
}
