import type { ModelSource } from '../../data/models/compose-models.ts'
import { type Models, readModels } from '../../data/models/models.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { orderPlugins } from '../host/plugin-order.ts'
import { readListedPlugins, rootOf } from '../load/installation-config.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { addPlugin } from './add-plugin.ts'
import type { Installation } from './installation.ts'

/** A listed plugin that could not be installed. */
export interface NotInstalled {
  readonly source: string
  readonly reason: string
}

/**
 * Installs all plugins that `rapport.config.ts` lists, each after its dependencies. Does not ask for a confirmation,
 * because it is called only for a new installation, which has no data yet. Returns the plugins that could not be
 * installed, with the reasons.
 * @param onInstalled Called with the specifier of each plugin after its installation.
 * @param onModels Called before the first installation with the models of core and of all plugins together, which the
 * server will probably use. Not called when they can't be composed.
 */
export async function installListed(
  installation: Installation,
  onInstalled: (source: string) => void,
  onModels: (models: Models) => void = () => undefined,
): Promise<NotInstalled[]> {
  const { configPath, core } = installation
  const refused: NotInstalled[] = []
  const refuse = (source: string) => (error: unknown) => {
    refused.push({ source, reason: error instanceof Error ? error.message : String(error) })
    return null
  }
  const listed = (await readListedPlugins(configPath).catch(refuse(configPath))) ?? []
  const loaded: LoadedPlugin[] = []
  for (const source of listed) {
    const plugin = await loadPlugin(source, rootOf(configPath)).catch(refuse(source))
    if (plugin) loaded.push(plugin)
  }
  const { ordered, refused: refusedByOrder } = orderPlugins(core, loaded)
  for (const { plugin, reasons } of refusedByOrder) refused.push({ source: plugin.source, reason: reasons.join(' ') })
  const models = modelsTogether([core.models, ...ordered.flatMap(({ modelSource }) => modelSource ?? [])])
  if (models) onModels(models)
  for (const { source } of ordered) {
    const addition = await addPlugin(installation, source, async () => true).catch(refuse(source))
    if (addition?.outcome === 'done') onInstalled(source)
  }
  return refused
}

/** Returns null when the models can't be composed. The installation of the plugin that is to blame says why. */
function modelsTogether(sources: readonly ModelSource[]): Models | null {
  try {
    return readModels(sources)
  } catch {
    return null
  }
}
