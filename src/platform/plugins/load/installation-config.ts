import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { importFailure } from './import-failure.ts'
import { PluginLoadError } from './plugin-error.ts'

/** The default export of `rapport.config.ts`. */
export interface InstallationConfig {
  /** Plugins of this installation: folders relative to the file, such as `./plugins/nonprofit`, or npm packages. */
  readonly plugins: readonly string[]
}

const shape = z.strictObject({ plugins: z.array(z.string().min(1, 'is empty')) })

/** Returns the folder from which the specifiers of a configuration file are resolved. */
export function rootOf(configPath: string): string {
  return dirname(configPath)
}

/**
 * Returns the plugins that `rapport.config.ts` lists, in its order; an empty list when the file does not exist. Reads
 * the current content of the file, even when it was imported before.
 * @throws PluginLoadError when the file can't be imported, does not export a list of plugins or lists a plugin twice.
 */
export async function readListedPlugins(configPath: string): Promise<readonly string[]> {
  if (!existsSync(configPath)) return []
  const { mtimeMs, size } = await stat(configPath)
  // Node imports a module once for each URL: the query makes it read an edited file again.
  const url = `${pathToFileURL(configPath).href}?${mtimeMs}-${size}`
  let exported: unknown
  try {
    exported = await import(/* @vite-ignore */ url)
  } catch (error) {
    // The path is removed from the reason, because the message of the PluginLoadError begins with the path.
    const reason = importFailure(error).replaceAll(`${configPath}:`, 'line ')
    throw new PluginLoadError(`${configPath} can't be read: ${reason}. Fix it.`, { cause: error })
  }
  const parsed = shape.safeParse(exported !== null && typeof exported === 'object' && Reflect.get(exported, 'default'))
  if (!parsed.success) {
    throw new PluginLoadError(
      `${configPath} does not export a list of plugins. Write: export default { plugins: ['./plugins/hello'] }`,
    )
  }
  const { plugins } = parsed.data
  const duplicate = plugins.find((specifier, index) => plugins.indexOf(specifier) !== index)
  if (duplicate !== undefined) throw new PluginLoadError(`${configPath} lists ${duplicate} twice. Remove one.`)
  return plugins
}
