import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { importFailure } from './import-failure.ts'
import { PluginLoadError } from './plugin-error.ts'

/** What `rapport.config.ts` exports by default. */
export interface InstallationConfig {
  /** Plugins of this installation: folders relative to the file, such as `./plugins/nonprofit`, or npm packages. */
  readonly plugins: readonly string[]
}

const shape = z.strictObject({ plugins: z.array(z.string().min(1, 'is empty')) })

/** Folder that the specifiers of a configuration file are looked up from. */
export function rootOf(configPath: string): string {
  return dirname(configPath)
}

/**
 * The plugins that `rapport.config.ts` lists, in its order; none where there is no such file. Reads the file as it is now.
 * @throws PluginLoadError that says what is wrong with the file.
 */
export async function readListedPlugins(configPath: string): Promise<readonly string[]> {
  if (!existsSync(configPath)) return []
  const { mtimeMs, size } = await stat(configPath)
  // A module is imported once for each address: this is how an edited file is read again.
  const address = `${pathToFileURL(configPath).href}?${mtimeMs}-${size}`
  let exported: unknown
  try {
    exported = await import(/* @vite-ignore */ address)
  } catch (error) {
    // The path is told already.
    const reason = importFailure(error).replaceAll(`${configPath}:`, 'line ')
    throw new PluginLoadError(`${configPath} can't be read: ${reason}. Mend it.`, { cause: error })
  }
  const parsed = shape.safeParse(exported !== null && typeof exported === 'object' && Reflect.get(exported, 'default'))
  if (!parsed.success) {
    throw new PluginLoadError(
      `${configPath} does not export a list of plugins. Write: export default { plugins: ['./plugins/hello'] }`,
    )
  }
  const { plugins } = parsed.data
  const twice = plugins.find((specifier, index) => plugins.indexOf(specifier) !== index)
  if (twice !== undefined) throw new PluginLoadError(`${configPath} lists ${twice} twice. Remove one.`)
  return plugins
}
