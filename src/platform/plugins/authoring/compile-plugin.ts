import { execFile } from 'node:child_process'
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire, findPackageJSON } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { CLIENT_PACKAGE } from '../../data/prisma/generate-types.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'
import { CLIENT_TYPES_FOLDER } from './client-types.ts'

const RAPPORT = fileURLToPath(new URL('../../../..', import.meta.url))
const EXCLUDED: ReadonlySet<string> = new Set(['node_modules', 'test', 'dist', '.git', CLIENT_TYPES_FOLDER])

/** What to compile, and where to. */
export interface CompileOptions {
  /** Folder of the plugin. */
  readonly directory: string
  /** Names of the packages that the plugin imports, without Rapport. */
  readonly packages: readonly string[]
  /** An empty folder for temporary files. */
  readonly workFolder: string
  /** Folder to write the JavaScript and the declarations to. */
  readonly output: string
  /** Writes the types of Prisma Client for the plugin to a folder. */
  readonly clientTypes: (folder: string) => Promise<void>
}

/**
 * Compiles a plugin to JavaScript with declarations. Compiles a copy that has Rapport and the packages under
 * node_modules, so that the compiler treats them as libraries wherever the plugin is stored.
 * @throws PluginLifecycleError with the compiler's messages when the plugin does not compile.
 */
export async function compilePlugin(options: CompileOptions): Promise<void> {
  const { directory, packages, workFolder, output, clientTypes } = options
  const filter = (path: string) => path === directory || !EXCLUDED.has(basename(path))
  await cp(directory, join(workFolder, 'plugin'), { recursive: true, filter })
  await clientTypes(join(workFolder, 'plugin', CLIENT_TYPES_FOLDER))
  await link(workFolder, 'rapport', RAPPORT)
  await link(workFolder, CLIENT_PACKAGE, packageFolder(CLIENT_PACKAGE, RAPPORT))
  for (const name of packages) await link(workFolder, name, packageFolder(name, directory))
  const nodeTypes = nodeTypesFolder(directory)
  if (nodeTypes !== null) await link(workFolder, '@types/node', nodeTypes)
  const settings = {
    compilerOptions: {
      target: 'ES2024',
      lib: ['ES2024'],
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      strict: true,
      skipLibCheck: true,
      verbatimModuleSyntax: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      rewriteRelativeImportExtensions: true,
      declaration: true,
      types: nodeTypes === null ? [] : ['node'],
      preserveSymlinks: true,
      rootDir: 'plugin',
      outDir: output,
    },
    include: ['plugin/**/*.ts'],
    exclude: ['plugin/**/*.test.ts', 'plugin/*.config.ts'],
  }
  const config = join(workFolder, 'tsconfig.json')
  await writeFile(config, JSON.stringify(settings))
  await writeFile(join(workFolder, 'package.json'), '{ "type": "module" }')
  try {
    await promisify(execFile)(process.execPath, [compiler(directory), '--project', config], { cwd: workFolder })
  } catch (error) {
    const compilerOutput = error instanceof Error && 'stdout' in error ? String(error.stdout).trim() : String(error)
    const problems = compilerOutput
      .split('\n')
      .filter((line) => !LIBRARY_PROBLEM.test(line) && !UNNAMED_TYPE_PROBLEM.test(line) && !line.startsWith(' '))
    if (problems.length > 0)
      throw new PluginLifecycleError(`${directory} does not compile:\n${problems.join('\n')}`, { cause: error })
  }
  // Only their types are used.
  await rm(join(output, CLIENT_TYPES_FOLDER), { recursive: true, force: true })
}

/** Matches a problem in a library. Ignored, because the author of the plugin can't fix it. */
const LIBRARY_PROBLEM = /^(\.\.\/)*node_modules\//
/**
 * Matches the problem that a declaration can't name a type, because no package exports the type. Ignored: the module
 * then has JavaScript and no declaration.
 */
const UNNAMED_TYPE_PROBLEM = /: error TS(2742|2883|4023|4058|4082|7056):/

async function link(workFolder: string, name: string, target: string): Promise<void> {
  const path = join(workFolder, 'node_modules', name)
  await mkdir(dirname(path), { recursive: true })
  await symlink(target, path)
}

function packageFolder(name: string, directory: string): string {
  const manifestPath = findPackageJSON(name, pathToFileURL(join(directory, 'plugin.ts')))
  if (manifestPath === undefined)
    throw new PluginLifecycleError(`The package ${name} is not installed. Run: npm install`)
  return dirname(manifestPath)
}

/**
 * Returns the folder of the types of Node's modules that are installed for the plugin, or else for Rapport. Null when
 * there are none: only a plugin that imports a module of Node needs them.
 */
function nodeTypesFolder(directory: string): string | null {
  for (const from of [join(directory, 'package.json'), fileURLToPath(import.meta.url)]) {
    try {
      return dirname(createRequire(from).resolve('@types/node/package.json'))
    } catch {
      // The next location is tried.
    }
  }
  return null
}

/** Returns the path of the TypeScript compiler that is installed for the plugin, or else for Rapport. */
function compiler(directory: string): string {
  for (const from of [join(directory, 'package.json'), import.meta.url]) {
    try {
      return join(dirname(createRequire(from).resolve('typescript/package.json')), 'bin', 'tsc')
    } catch {
      // The next location is tried.
    }
  }
  throw new PluginLifecycleError('No TypeScript compiler is installed. Run: npm install --save-dev typescript')
}
