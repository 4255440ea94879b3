import { execFile } from 'node:child_process'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { createRequire, findPackageJSON } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { PluginLifecycleError } from '../load/plugin-error.ts'

const RAPPORT = fileURLToPath(new URL('../../../..', import.meta.url))
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', 'test', 'dist', '.git'])

/** TypeScript of a plugin, to be compiled. */
export interface Sources {
  /** Folder of the plugin. */
  readonly directory: string
  /** Packages that it imports beside Rapport. */
  readonly packages: readonly string[]
  /** An empty folder to work in. */
  readonly workplace: string
  /** Folder for the JavaScript. */
  readonly output: string
}

/**
 * Compiles a plugin to JavaScript with declarations. It compiles a copy in which Rapport lies under node_modules, wherever
 * the plugin itself lies: what is there is a library, not a part of the plugin.
 * @throws PluginLifecycleError with what the compiler says.
 */
export async function compilePlugin({ directory, packages, workplace, output }: Sources): Promise<void> {
  const filter = (path: string) => path === directory || !LEFT_OUT.has(basename(path))
  await cp(directory, join(workplace, 'plugin'), { recursive: true, filter })
  await link(workplace, 'rapport', RAPPORT)
  for (const name of packages) await link(workplace, name, packageFolder(name, directory))
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
      types: [],
      preserveSymlinks: true,
      rootDir: 'plugin',
      outDir: output,
    },
    include: ['plugin/**/*.ts'],
    exclude: ['plugin/**/*.test.ts', 'plugin/*.config.ts'],
  }
  const config = join(workplace, 'tsconfig.json')
  await writeFile(config, JSON.stringify(settings))
  await writeFile(join(workplace, 'package.json'), '{ "type": "module" }')
  try {
    await promisify(execFile)(process.execPath, [compiler(directory), '--project', config], { cwd: workplace })
  } catch (error) {
    const told = error instanceof Error && 'stdout' in error ? String(error.stdout).trim() : String(error)
    const problems = told
      .split('\n')
      .filter((line) => !LIBRARY.test(line) && !UNNAMED.test(line) && !line.startsWith(' '))
    if (problems.length > 0)
      throw new PluginLifecycleError(`${directory} does not compile:\n${problems.join('\n')}`, { cause: error })
  }
}

/** What the compiler finds in a library is not the plugin's to mend. */
const LIBRARY = /^(\.\.\/)*node_modules\//
/** A type that a declaration can't tell, since no package exports it: that module then has no declaration. */
const UNNAMED = /: error TS(2742|2883|4023|4058|4082|7056):/

async function link(workplace: string, name: string, target: string): Promise<void> {
  const path = join(workplace, 'node_modules', name)
  await mkdir(dirname(path), { recursive: true })
  await symlink(target, path)
}

function packageFolder(name: string, directory: string): string {
  const found = findPackageJSON(name, pathToFileURL(join(directory, 'plugin.ts')))
  if (found === undefined) throw new PluginLifecycleError(`The package ${name} is not installed. Run: npm install`)
  return dirname(found)
}

/** The TypeScript compiler beside the plugin, or else beside Rapport. */
function compiler(directory: string): string {
  for (const from of [join(directory, 'package.json'), import.meta.url]) {
    try {
      return join(dirname(createRequire(from).resolve('typescript/package.json')), 'bin', 'tsc')
    } catch {
      // Looked for at the next place.
    }
  }
  throw new PluginLifecycleError('There is no TypeScript compiler here. Run: npm install --save-dev typescript')
}
