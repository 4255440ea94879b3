import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { composeTogether } from '../conformance/composition-checks.ts'
import type { CoreParts } from '../host/compose-plugins.ts'
import { checkPluginId } from '../load/check-plugin.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { authorMigration } from './author-migration.ts'
import { MODEL_TYPES_FILE, pluginModelTypes } from './plugin-model-types.ts'
import { templateNames } from './templates/names.ts'
import { modelsTemplate, pluginTemplate } from './templates/plugin-template.ts'
import { readmeTemplate } from './templates/readme-template.ts'
import { canImportRapport, packageTemplate, vitestConfigTemplate } from './templates/test-setup-template.ts'
import { testTemplate } from './templates/test-template.ts'

/** Where a new plugin is written. */
export interface NewPluginPlace {
  readonly directory: string
  /** The folder as the commands in the README name it, such as `./plugins/hello`. */
  readonly displayedFolder: string
  /** Command that runs the tests, for the README. */
  readonly test: string
  /** Whether the plugin gets a Vitest configuration of its own, because no other includes its tests. */
  readonly hasOwnTestConfig: boolean
}

/**
 * Writes a new plugin to a new folder: entry, models with migration and types, test and README. Returns the names of
 * the files. When a step fails, deletes the folder.
 * @throws PluginLifecycleError when the id is malformed or taken, or the folder exists.
 */
export async function newPlugin(
  id: string,
  { directory, displayedFolder, test, hasOwnTestConfig }: NewPluginPlace,
  core: CoreParts,
): Promise<string[]> {
  const problem = checkPluginId(id)
  if (problem !== null) throw new PluginLifecycleError(`The id ${JSON.stringify(id)} ${problem}.`)
  if (existsSync(directory)) throw new PluginLifecycleError(`${directory} already exists. Choose another id or --dir.`)
  const names = templateNames(id, displayedFolder, test)
  const files: Readonly<Record<string, string>> = {
    'plugin.ts': pluginTemplate(names),
    'models.prisma': modelsTemplate(names),
    [`test/${id}.test.ts`]: testTemplate(names),
    'README.md': readmeTemplate(names),
    ...(hasOwnTestConfig ? { 'vitest.config.ts': vitestConfigTemplate() } : {}),
    ...(canImportRapport(directory) ? {} : { 'package.json': packageTemplate(id, directory) }),
  }
  await mkdir(join(directory, 'test'), { recursive: true })
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
    const loaded = await loadPlugin(directory, directory)
    composeTogether(core, [loaded])
    const { file } = await authorMigration(loaded, [core.models], 'init')
    if (loaded.modelSource)
      await writeFile(join(directory, MODEL_TYPES_FILE), pluginModelTypes(core.models, loaded.modelSource, []))
    return [...Object.keys(files), `migrations/${file}`, 'remove.sql', MODEL_TYPES_FILE]
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    const reason = error instanceof Error ? error.message : String(error)
    throw new PluginLifecycleError(`A plugin with the id ${id} can't be created: ${reason}`, { cause: error })
  }
}
