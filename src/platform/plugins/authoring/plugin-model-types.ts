import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelSource } from '../../data/models/compose-models.ts'
import { readModels } from '../../data/models/models.ts'
import { printPluginModelTypes } from '../../data/models/print-model-types.ts'

/** File in the plugin's folder with the types of its models. */
export const MODEL_TYPES_FILE = 'models.d.ts'

/** The models of a plugin, read without running the plugin's code. */
export interface UnloadedModels {
  readonly directory: string
  readonly source: ModelSource
}

/**
 * Returns the models of each subfolder that has a `models.prisma`; an empty list when the directory does not exist.
 * Does not run the plugins' code.
 */
export async function readPluginModels(directory: string): Promise<UnloadedModels[]> {
  if (!existsSync(directory)) return []
  const entries = await readdir(directory, { withFileTypes: true })
  const models = await Promise.all(entries.map(({ name }) => readUnloadedModels(join(directory, name))))
  return models.filter((unloaded) => unloaded !== null)
}

/** Returns the models of the plugin in a folder, without running its code; null when there is no models.prisma. */
export async function readUnloadedModels(directory: string): Promise<UnloadedModels | null> {
  const path = join(directory, 'models.prisma')
  if (!existsSync(path)) return null
  const text = await readFile(path, 'utf8')
  // The names of a plugin's tables begin with its id.
  const pluginId = /@@map\("([a-z][a-z0-9]*)_/.exec(text)?.[1] ?? 'plugin'
  return { directory, source: { pluginId, files: [{ path: 'models.prisma', text }] } }
}

/**
 * Returns TypeScript declarations of a plugin's models.
 * @param source Models of the plugin.
 * @param others Models of other plugins. Only the models that `source` refers to, directly or through other models, are
 * read.
 * @throws ModelError when the models are not consistent.
 */
export function pluginModelTypes(core: ModelSource, source: ModelSource, others: readonly ModelSource[]): string {
  const referred = referredSources(source, others)
  const owners = referred.map(({ pluginId }) => pluginId)
  const all = [source, ...referred].map((included) => ({ ...included, depends: owners }))
  return printPluginModelTypes(readModels([core, ...all]), source.pluginId)
}

/** Returns the plugins' models that `source` refers to, directly or through the models of other plugins. */
export function referredSources(source: ModelSource, others: readonly ModelSource[]): ModelSource[] {
  const sources = new Set<ModelSource>()
  const addReferredSources = (from: ModelSource) => {
    for (const other of others) {
      if (sources.has(other) || other === source || !refers(from, other)) continue
      sources.add(other)
      addReferredSources(other)
    }
  }
  addReferredSources(source)
  return [...sources]
}

function refers(from: ModelSource, to: ModelSource): boolean {
  const names = to.files.flatMap(({ text }) =>
    [...text.matchAll(/^(?:model|view|enum)\s+(\w+)/gm)].map(([, name]) => name ?? ''),
  )
  return from.files.some(({ text }) => names.some((name) => new RegExp(`^\\s+\\w+\\s+${name}\\b`, 'm').test(text)))
}
