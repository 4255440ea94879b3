import { join } from 'node:path'
import { composeModels, type ModelSource } from '../../data/models/compose-models.ts'
import { generatePrismaTypes } from '../../data/prisma/generate-types.ts'
import { writeWhenChanged } from '../../data/write-when-changed.ts'

/** Folder in a plugin's folder with the types of Prisma Client. */
export const CLIENT_TYPES_FOLDER = 'generated'

const DECLARATION = `// Made from the models by \`rapport plugin types\`: do not edit.

import type { PrismaClient } from './prisma/client.ts'
import type PrismaTypes from './prisma/pothos.d.ts'

declare module 'rapport/plugin' {
  interface GeneratedTypes {
    readonly prisma: PrismaClient
    readonly pothos: PrismaTypes
  }
}
`

/**
 * Writes the types of Prisma Client for core and plugins together to a directory. They apply to all code that is
 * compiled with the directory, so a project generates them once, for all of its plugins.
 * @throws ModelError when the models are not consistent.
 */
export async function writeClientTypes(
  core: ModelSource,
  plugins: readonly ModelSource[],
  directory: string,
): Promise<void> {
  const pluginIds = plugins.map(({ pluginId }) => pluginId)
  const schema = composeModels([core, ...plugins.map((plugin) => ({ ...plugin, depends: pluginIds }))])
  await generatePrismaTypes(schema, join(directory, 'prisma'))
  await writeWhenChanged(join(directory, 'types.d.ts'), DECLARATION)
}
