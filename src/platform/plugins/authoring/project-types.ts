import { join } from 'node:path'
import type { ModelSource } from '../../data/models/compose-models.ts'
import { writeWhenChanged } from '../../data/write-when-changed.ts'
import { CLIENT_TYPES_FOLDER, writeClientTypes } from './client-types.ts'
import { MODEL_TYPES_FILE, pluginModelTypes, readPluginModels, referredSources } from './plugin-model-types.ts'

/** Folders of an installation with plugins that are developed in it. */
const PLUGIN_FOLDERS = ['plugins', 'examples']

/**
 * Writes the types of the models of all plugins that are developed in an installation: for each plugin its
 * `models.d.ts`, and in `generated/plugins` the types of Prisma Client for all of them together.
 * @throws ModelError when the models are not consistent.
 */
export async function writeProjectTypes(core: ModelSource, root: string): Promise<void> {
  const plugins = (await Promise.all(PLUGIN_FOLDERS.map((folder) => readPluginModels(join(root, folder))))).flat()
  for (const { directory, source } of plugins) {
    const others = plugins.filter((plugin) => plugin.source !== source).map((plugin) => plugin.source)
    await writeWhenChanged(join(directory, MODEL_TYPES_FILE), pluginModelTypes(core, source, others))
  }
  await writeClientTypes(
    core,
    plugins.map(({ source }) => source),
    join(root, 'generated/plugins'),
  )
}

/**
 * Writes the types of the models of one plugin to its folder, for a plugin that is developed outside of an installation.
 * @param others Models of other plugins. Only those that the plugin refers to are used.
 * @throws ModelError when the models are not consistent.
 */
export async function writePluginTypes(
  core: ModelSource,
  source: ModelSource,
  others: readonly ModelSource[],
  directory: string,
): Promise<void> {
  await writeWhenChanged(join(directory, MODEL_TYPES_FILE), pluginModelTypes(core, source, others))
  await writeClientTypes(core, [source, ...referredSources(source, others)], join(directory, CLIENT_TYPES_FOLDER))
}

/** Whether a folder is that of a plugin which is developed in the installation. */
export function isInProject(directory: string, root: string): boolean {
  return PLUGIN_FOLDERS.some((folder) => directory.startsWith(join(root, folder, '/')))
}
