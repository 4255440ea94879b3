import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readModelFiles } from '../src/platform/data/models/compose-models.ts'
import { readModels } from '../src/platform/data/models/models.ts'
import { printModelTypes } from '../src/platform/data/models/print-model-types.ts'
import {
  MODEL_TYPES_FILE,
  pluginModelTypes,
  readPluginModels,
} from '../src/platform/plugins/authoring/plugin-model-types.ts'

// Generates the TypeScript types of the models of core, and of each plugin in plugins/ and examples/.

const root = join(import.meta.dirname, '..')
const core = await readModelFiles('core', join(root, 'prisma/models'))
await writeWhenChanged(join(root, 'generated/models.ts'), printModelTypes(readModels([core])))
const plugins = [
  ...(await readPluginModels(join(root, 'plugins'))),
  ...(await readPluginModels(join(root, 'examples'))),
]
for (const { directory, source } of plugins) {
  const others = plugins.filter((plugin) => plugin.source !== source).map((plugin) => plugin.source)
  await writeWhenChanged(join(directory, MODEL_TYPES_FILE), pluginModelTypes(core, source, others))
}

/** Writes a file unless it already has this text, so that programs that watch the file do not restart. */
async function writeWhenChanged(path: string, text: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => null)
  if (current === text) return
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
