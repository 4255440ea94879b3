import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { ModelSource } from '../../data/models/compose-models.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { findPluginFiles } from '../load/specifier.ts'
import { writeClientTypes } from './client-types.ts'
import { compilePlugin } from './compile-plugin.ts'
import { MODEL_TYPES_FILE, referredSources } from './plugin-model-types.ts'

/** Files and folders that are copied to the package unchanged, when they exist. */
const ASSETS = ['models.prisma', 'migrations', 'remove.sql', MODEL_TYPES_FILE, 'schema.graphql', 'README.md', 'LICENSE']
const OUTPUT = 'dist'

/** Declaration of the entry, used when the compiler can't write one. */
const ENTRY_TYPES = `import type { Plugin } from 'rapport/plugin'

declare const plugin: Plugin
export default plugin
`

const packages = z.record(z.string(), z.string())
const manifestSchema = z.looseObject({
  name: z.string().optional(),
  dependencies: packages.optional(),
  peerDependencies: packages.optional(),
})

export interface PackOptions {
  /** Folder of the plugin. */
  readonly directory: string
  /** Models of core. */
  readonly core: ModelSource
  /** Models of the plugins that the plugin depends on. More are allowed. */
  readonly others: readonly ModelSource[]
  /** Name of the package. Default: the name in the plugin's package.json, or else `rapport-plugin-<id>`. */
  readonly name?: string
  /** Folder to write the tarball to; created when it does not exist. */
  readonly destination: string
  /** Version of Rapport; the package gets a peer dependency on `^<version>`. */
  readonly rapportVersion: string
}

/**
 * Creates an npm package of a plugin, with its TypeScript compiled to JavaScript and declarations, its models and its
 * SQL. Does not change the plugin's folder. Returns the path of the tarball.
 * @throws PluginLifecycleError with the reason when the plugin does not compile or `npm pack` fails.
 */
export async function packPlugin(options: PackOptions): Promise<string> {
  const { directory, name, destination, rapportVersion } = options
  const { entry } = await findPluginFiles(directory, directory)
  const { plugin, modelSource } = await loadPlugin(directory, directory)
  const manifestPath = join(directory, 'package.json')
  const manifest = existsSync(manifestPath)
    ? manifestSchema.parse(JSON.parse(await readFile(manifestPath, 'utf8')))
    : {}
  const folder = await mkdtemp(join(tmpdir(), 'rapport-pack-'))
  try {
    const [workFolder, staging] = [join(folder, 'work'), join(folder, 'package')]
    await Promise.all([mkdir(workFolder), mkdir(staging), mkdir(destination, { recursive: true })])
    const imported = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).filter(
      (dependency) => dependency !== 'rapport',
    )
    const models = modelSource ? [modelSource, ...referredSources(modelSource, options.others)] : []
    const clientTypes = (path: string) => writeClientTypes(options.core, models, path)
    await compilePlugin({ directory, packages: imported, workFolder, output: join(staging, OUTPUT), clientTypes })
    const assets = ASSETS.filter((asset) => existsSync(join(directory, asset)))
    for (const asset of assets) await cp(join(directory, asset), join(staging, asset), { recursive: true })
    const main = `./${OUTPUT}/${relative(directory, entry).replace(/\.ts$/, '.js')}`
    const types = join(staging, main.replace(/\.js$/, '.d.ts'))
    if (!existsSync(types)) await writeFile(types, ENTRY_TYPES)
    // Keys that matter only to developers of the plugin are left out of the package.
    const { scripts: _scripts, devDependencies: _devDependencies, private: _private, ...publishedKeys } = manifest
    const packageManifest = {
      ...publishedKeys,
      name: name ?? manifest.name ?? `rapport-plugin-${plugin.id}`,
      version: plugin.version,
      description: plugin.description,
      type: 'module',
      exports: { '.': { types: main.replace(/\.js$/, '.d.ts'), default: main } },
      files: [OUTPUT, ...assets],
      peerDependencies: { ...manifest.peerDependencies, rapport: `^${rapportVersion}` },
    }
    await writeFile(join(staging, 'package.json'), `${JSON.stringify(packageManifest, null, 2)}\n`)
    return join(destination, await npmPack(staging, destination))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs `npm pack` and returns the file name of the tarball. */
async function npmPack(staging: string, destination: string): Promise<string> {
  const args = ['pack', '--ignore-scripts', '--pack-destination', destination]
  try {
    const { stdout } = await promisify(execFile)('npm', args, { cwd: staging })
    return basename(stdout.trim().split('\n').at(-1) ?? '')
  } catch (error) {
    const npmOutput = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    throw new PluginLifecycleError(`npm pack failed: ${npmOutput || String(error)}`, { cause: error })
  }
}
