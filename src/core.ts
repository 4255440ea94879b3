import { fileURLToPath } from 'node:url'
import { corePlugins } from './modules/index.ts'
import { readModelFiles } from './platform/data/models/compose-models.ts'
import { type Composed, type CoreParts, composePlugins } from './platform/plugins/host/compose-plugins.ts'

/** Returns the models and modules of core. */
export async function coreParts(): Promise<CoreParts> {
  const directory = fileURLToPath(new URL('../prisma/models', import.meta.url))
  return { plugins: corePlugins, models: await readModelFiles('core', directory) }
}

/** Returns the composition (the registry and the GraphQL schema) of core without plugins. */
export async function composeCore(): Promise<Composed> {
  return composePlugins(await coreParts(), [], [])
}
