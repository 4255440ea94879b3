import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GraphQLSchema } from 'graphql'
import { coreParts } from '../../../src/core.ts'
import { readModels } from '../../../src/platform/data/models/models.ts'
import { sql } from '../../../src/platform/data/sql.ts'
import { computed, condition } from '../../../src/platform/declare/objects/fields.ts'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import { buildSchema } from '../../../src/platform/graphql/build-schema.ts'
import { composeRegistry } from '../../../src/platform/registry/registry.ts'
import { testPlugin } from '../guarded-plugin.ts'
import { HOMES } from '../homes/plugin.ts'

const THINGS = ['one', 'two']
  .map((owner) => [
    owner,
    `model ${owner}_Thing {
      workspaceId String @map("workspace_id") @db.Uuid
      id String @db.Uuid
      name String
      accountId String? @map("account_id") @db.Uuid
      account Account? @relation(fields: [workspaceId, accountId], references: [workspaceId, id], onDelete: Cascade)
      @@id([workspaceId, id])
      @@map("${owner}_things")
    }`,
  ])
  .map(([owner = '', text = '']) => ({ pluginId: owner, files: [{ path: 'models.prisma', text }] }))

/** Returns a function that composes the schema of core and the given plugins without a database. */
export async function composer(): Promise<(...plugins: Plugin[]) => GraphQLSchema> {
  const core = await coreParts()
  const homesModels = await readFile(join(HOMES, 'models.prisma'), 'utf8')
  const models = readModels([
    core.models,
    ...THINGS,
    { pluginId: 'homes', files: [{ path: 'models.prisma', text: homesModels }] },
  ])
  return (...plugins) => buildSchema(composeRegistry(models, [...core.plugins, ...plugins]))
}

export const thing = (owner: string, parts: object = {}) => ({
  model: `${owner}_Thing`,
  name: `${owner === 'one' ? 'One' : 'Two'}Thing`,
  description: 'A thing.',
  prefix: `${owner}thing`,
  columns: { name: {} },
  ...parts,
})
export const one = (parts: Partial<Plugin>) => testPlugin('one', { permissions: ['*:*'], ...parts })
export const two = (parts: Partial<Plugin>) => testPlugin('two', { permissions: ['*:*'], ...parts })
export const text = (value = sql`1`) => computed({ description: 'A text.', type: 'Int', value: () => value })
export const yes = (where = sql`true`) => condition({ description: 'Yes.', type: 'Boolean', where: () => where })
export const operation = (name: string, parts: object = {}) => ({
  name,
  description: 'Does it.',
  permission: null,
  input: { a: { type: 'Int', description: 'A.' } },
  payload: { n: { type: 'Int', description: 'N.' } },
  run: async () => ({ values: {}, userErrors: [] }),
  ...parts,
})
export const query = (name: string, answer: object = { type: 'Int' }, permission = 'account:read') => ({
  name,
  description: 'Asks it.',
  permission: permission as `${string}:${string}`,
  answer: answer as { type: 'Int' },
  run: async () => 1,
})
export const output = (name: string) => ({
  type: { name, description: 'Own.', fields: { n: { type: 'Int', description: 'N.' } } },
})
export const kind = (of: string, name: string, value: string, parts: object = {}) => ({
  of,
  name,
  kind: value,
  description: 'A kind.',
  ...parts,
})
export const error = (name: string, code: string) => ({ name, code, description: 'An error.' })
