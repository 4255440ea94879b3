import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelSource } from '../../data/models/compose-models.ts'
import { readModels } from '../../data/models/models.ts'
import { printPluginModelTypes } from '../../data/models/print-model-types.ts'

/** Where the types of a plugin's models are written, below its folder. */
export const MODEL_TYPES_FILE = 'models.d.ts'

/** The models of a plugin whose code was not run. */
export interface UnloadedModels {
  readonly directory: string
  readonly source: ModelSource
}

/** Models of each folder of a directory that has a `models.prisma`; none where there is no such directory. */
export async function readPluginModels(directory: string): Promise<UnloadedModels[]> {
  if (!existsSync(directory)) return []
  const entries = await readdir(directory, { withFileTypes: true })
  const found = entries.map(({ name }) => readUnloadedModels(join(directory, name)))
  return (await Promise.all(found)).filter((each) => each !== null)
}

/** Models of the plugin in a folder, without running its code; null where it has none. */
export async function readUnloadedModels(directory: string): Promise<UnloadedModels | null> {
  const path = join(directory, 'models.prisma')
  if (!existsSync(path)) return null
  const text = await readFile(path, 'utf8')
  // A plugin's tables and types start with its id.
  const pluginId = /@@map\("([a-z][a-z0-9]*)_/.exec(text)?.[1] ?? 'plugin'
  return { directory, source: { pluginId, files: [{ path: 'models.prisma', text }] } }
}

/**
 * TypeScript declarations of a plugin's models. Of `others` those are taken that it refers to.
 * @throws ModelError when the models don't fit together.
 */
export function pluginModelTypes(core: ModelSource, source: ModelSource, others: readonly ModelSource[]): string {
  const needed = referredSources(source, others)
  const owners = needed.map(({ pluginId }) => pluginId)
  const all = [source, ...needed].map((each) => ({ ...each, depends: owners }))
  return printPluginModelTypes(readModels([core, ...all]), source.pluginId)
}

/** The sources whose models a source names, and those that these name. */
function referredSources(source: ModelSource, others: readonly ModelSource[]): ModelSource[] {
  const found = new Set<ModelSource>()
  const look = (from: ModelSource) => {
    for (const other of others) {
      if (found.has(other) || other === source || !refers(from, other)) continue
      found.add(other)
      look(other)
    }
  }
  look(source)
  return [...found]
}

function refers(from: ModelSource, to: ModelSource): boolean {
  const names = to.files.flatMap(({ text }) =>
    [...text.matchAll(/^(?:model|view|enum)\s+(\w+)/gm)].map(([, name]) => name ?? ''),
  )
  return from.files.some(({ text }) => names.some((name) => new RegExp(`^\\s+\\w+\\s+${name}\\b`, 'm').test(text)))
}
