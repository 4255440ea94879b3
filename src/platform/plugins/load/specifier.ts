import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PluginLoadError } from './plugin-error.ts'

/** Paths of a plugin. */
export interface PluginFiles {
  /** Absolute path of the module whose default export is the plugin. */
  readonly entry: string
  /** Absolute path of the plugin's folder or package. */
  readonly directory: string
}

/** Whether a specifier names a folder, not a package. */
export function isFolder(specifier: string): boolean {
  return specifier.startsWith('./') || specifier.startsWith('../') || isAbsolute(specifier)
}

/**
 * Finds the entry of a plugin: the file that `exports` or `main` of its package.json names, or else `plugin.ts` or
 * `plugin.js` in its folder. Does not run the plugin's code.
 * @param from Folder from which the specifier is resolved.
 * @throws PluginLoadError when the plugin or its entry does not exist.
 */
export async function findPluginFiles(specifier: string, from: string): Promise<PluginFiles> {
  const directory = isFolder(specifier) ? resolve(from, specifier) : packageDirectory(specifier, from)
  if (!existsSync(directory)) {
    throw new PluginLoadError(`There is no plugin at ${specifier}: the folder does not exist. Correct the path.`)
  }
  const entry = (await packageEntry(specifier, directory)) ?? plainEntry(directory)
  if (entry === null) {
    throw new PluginLoadError(
      `There is no plugin at ${specifier}: it has neither a plugin.ts nor a package.json that names its entry in "exports".`,
    )
  }
  if (!existsSync(entry)) {
    throw new PluginLoadError(
      `${specifier} names ${entry} as its entry, which does not exist. Build it, or correct it.`,
    )
  }
  return { entry, directory }
}

function packageDirectory(specifier: string, from: string): string {
  let manifestPath: string | undefined
  try {
    manifestPath = findPackageJSON(specifier, pathToFileURL(join(from, 'package.json')))
  } catch {
    // The package is not found: `manifestPath` stays undefined, and the error thrown for that says what to do.
  }
  if (manifestPath === undefined) {
    const folder = [`./${specifier}`, `./plugins/${specifier}`].find((path) => existsSync(resolve(from, path)))
    if (folder !== undefined)
      throw new PluginLoadError(`The package ${specifier} is not installed. Did you mean ${folder}?`)
    throw new PluginLoadError(
      `The package ${specifier} is not installed. Run: npm install ${specifier} (a folder begins with ./).`,
    )
  }
  return dirname(manifestPath)
}

function plainEntry(directory: string): string | null {
  return ['plugin.ts', 'plugin.js'].map((name) => join(directory, name)).find((path) => existsSync(path)) ?? null
}

async function packageEntry(specifier: string, directory: string): Promise<string | null> {
  const path = join(directory, 'package.json')
  if (!existsSync(path)) return null
  let manifest: unknown
  try {
    manifest = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new PluginLoadError(`The package.json of ${specifier} is not valid JSON.`, { cause: error })
  }
  const entry = rootExport(property(manifest, 'exports')) ?? textOf(property(manifest, 'main'))
  return entry === null ? null : resolve(directory, entry)
}

/** Conditions of `exports` that apply to an import by Node. */
const CONDITIONS: ReadonlySet<string> = new Set(['node', 'import', 'module-sync', 'default'])

/** Returns the file that a value of `exports` in package.json names for an import of the package's root, or null. */
function rootExport(target: unknown): string | null {
  if (typeof target === 'string') return target
  if (Array.isArray(target)) {
    for (const item of target) {
      const found = rootExport(item)
      if (found !== null) return found
    }
    return null
  }
  if (target === null || typeof target !== 'object') return null
  if ('.' in target) return rootExport(target['.'])
  for (const [condition, value] of Object.entries(target)) {
    const found = CONDITIONS.has(condition) ? rootExport(value) : null
    if (found !== null) return found
  }
  return null
}

function property(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
