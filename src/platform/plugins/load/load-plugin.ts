import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ModelSource } from '../../data/models/compose-models.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { checkPlugin } from './check-plugin.ts'
import { importFailure } from './import-failure.ts'
import { PluginLoadError } from './plugin-error.ts'
import { provideRapport } from './provide-rapport.ts'
import { findPluginFiles } from './specifier.ts'

const IMPORT_LIMIT_MS = 10_000

/**
 * Imports the entry of a plugin and reads its models. When this process has imported the plugin before, Node returns
 * the module of the first import, even if its files have changed.
 * @param from Root folder of the installation, from which folders and packages are resolved.
 * @throws PluginLoadError when the plugin can't be loaded; the message names the specifier and the reason.
 */
export async function loadPlugin(specifier: string, from: string): Promise<LoadedPlugin> {
  const { entry, directory } = await findPluginFiles(specifier, from)
  provideRapport()
  const plugin = await importPlugin(specifier, entry)
  return { plugin, source: specifier, directory, modelSource: await readModelSource(plugin, directory) }
}

async function importPlugin(specifier: string, entry: string): Promise<Plugin> {
  const exported = await withinLimit(specifier, import(/* @vite-ignore */ pathToFileURL(entry).href))
  const plugin: unknown = exported !== null && typeof exported === 'object' ? Reflect.get(exported, 'default') : null
  if (plugin === null || typeof plugin !== 'object') {
    throw new PluginLoadError(
      `${specifier} has no plugin as its default export. Write in ${entry}: export default definePlugin({ … })`,
    )
  }
  const problems = checkPlugin(plugin)
  if (problems.length > 0) throw new PluginLoadError(`${specifier} is not a valid plugin:\n- ${problems.join('\n- ')}`)
  // The type assertion is safe: `checkPlugin` has validated every part that the platform uses.
  return plugin as Plugin
}

async function withinLimit(specifier: string, importing: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`its import did not end within ${IMPORT_LIMIT_MS / 1_000} s`)),
      IMPORT_LIMIT_MS,
    )
  })
  try {
    return await Promise.race([importing, timeout])
  } catch (error) {
    throw new PluginLoadError(
      `${specifier} can't be imported: ${importFailure(error)}. ` +
        'A plugin may only declare its parts on import; fix it, or remove it from rapport.config.ts.',
      { cause: error },
    )
  } finally {
    clearTimeout(timer)
  }
}

async function readModelSource({ id, depends }: Plugin, directory: string): Promise<ModelSource | null> {
  const path = join(directory, 'models.prisma')
  if (!existsSync(path)) return null
  const files = [{ path: 'models.prisma', text: await readFile(path, 'utf8') }]
  return { pluginId: id, depends: Object.keys(depends ?? {}), files }
}
