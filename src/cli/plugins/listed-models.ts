import type { ModelSource } from '../../platform/data/models/compose-models.ts'
import { readUnloadedModels } from '../../platform/plugins/authoring/plugin-model-types.ts'
import { readListedPlugins, rootOf } from '../../platform/plugins/load/installation-config.ts'
import { findPluginFiles } from '../../platform/plugins/load/specifier.ts'

/** Returns the models of the plugins that `rapport.config.ts` lists, without the plugin in `excludedDirectory`. */
export async function listedModels(configPath: string, excludedDirectory: string): Promise<ModelSource[]> {
  const sources: ModelSource[] = []
  for (const specifier of await readListedPlugins(configPath)) {
    const files = await findPluginFiles(specifier, rootOf(configPath)).catch(() => null)
    const models = files && files.directory !== excludedDirectory ? await readUnloadedModels(files.directory) : null
    if (models) sources.push(models.source)
  }
  return sources
}
