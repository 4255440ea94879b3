import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { isBuiltin, stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { z } from 'zod'
import { isFolder } from '../load/specifier.ts'
import { nodeModuleProblem } from './node-modules.ts'

/** A module of a plugin, without its types and comments. */
interface Source {
  /** Absolute path. */
  readonly path: string
  readonly code: string
}

const EXCLUDED_FOLDERS: ReadonlySet<string> = new Set(['node_modules', 'test', 'migrations', '.git'])
const IMPORT_PATTERNS = [
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"\n]+)['"]/gm,
  /^\s*import\s*['"]([^'"\n]+)['"]/gm,
  /\bimport\s*\(\s*['"]([^'"\n]+)['"]/g,
  /\brequire\s*\(\s*['"]([^'"\n]+)['"]/g,
  /\bgetBuiltinModule\s*\(\s*['"]([^'"\n]+)['"]/g,
]
const ENVIRONMENT = /\bprocess\s*(?:\.\s*env\b|\[\s*['"]env['"]\s*\])|\bimport\.meta\.env\b/g
const COMMENTS = /\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(),])\/\/[^\n]*/g

const manifestSchema = z.looseObject({
  name: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
})

/**
 * Returns a problem for each import that a plugin's modules may not have. Allowed are `rapport/plugin`, the modules of
 * Node in ALLOWED_NODE_MODULES, the plugin's own files, packages in its package.json and files of plugins that it
 * depends on. Tests are not checked.
 * @param dependencyFolders Folders of the plugins that the plugin depends on.
 */
export async function foreignImports(directory: string, dependencyFolders: readonly string[]): Promise<string[]> {
  const { dependencies = {}, peerDependencies = {} } = await readManifest(directory)
  const packages = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)])
  const isAllowed = (source: Source, specifier: string) => {
    if (specifier === 'rapport/plugin' || isBuiltin(specifier)) return true
    if (isFolder(specifier))
      return [directory, ...dependencyFolders].some((root) => isWithin(root, resolve(dirname(source.path), specifier)))
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
    return name !== 'rapport' && packages.has(name)
  }
  return (await readSources(directory)).flatMap((source) =>
    importsOf(source.code).flatMap((specifier) => {
      const imported = `${relative(directory, source.path)} imports ${specifier}`
      const problem = nodeModuleProblem(specifier)
      if (problem !== null) return [`${imported}, ${problem}`]
      if (isAllowed(source, specifier)) return []
      return [
        `${imported}. A plugin imports rapport/plugin, its own files, plugins that it depends on, packages under ` +
          '"dependencies" of its package.json, and some modules of Node, such as node:crypto.',
      ]
    }),
  )
}

/** Returns a problem for each place where a plugin's modules read environment variables. */
export async function environmentReads(directory: string): Promise<string[]> {
  return (await readSources(directory)).flatMap(({ path, code }) =>
    [...code.matchAll(ENVIRONMENT)].map(
      ({ index }) =>
        `${relative(directory, path)}:${code.slice(0, index).split('\n').length} reads the environment. Declare a setting or a ` +
        'secret under "settings" instead.',
    ),
  )
}

/** Returns the files of a plugin whose code may read records that are hidden from the caller, sorted. */
export async function unrestrictedFiles(directory: string): Promise<string[]> {
  return (await readSources(directory))
    .filter(({ code }) => /\bunrestricted\b/.test(code))
    .map(({ path }) => relative(directory, path))
    .sort()
}

function importsOf(code: string): string[] {
  return [...new Set(IMPORT_PATTERNS.flatMap((pattern) => [...code.matchAll(pattern)].map(([, name]) => name ?? '')))]
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(`${root}/`)
}

async function readManifest(directory: string): Promise<z.infer<typeof manifestSchema>> {
  const path = join(directory, 'package.json')
  return existsSync(path) ? manifestSchema.parse(JSON.parse(await readFile(path, 'utf8'))) : {}
}

async function readSources(directory: string): Promise<Source[]> {
  const sources: Source[] = []
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory() && !EXCLUDED_FOLDERS.has(entry.name)) sources.push(...(await readSources(path)))
    if (entry.isFile() && isSource(entry.name))
      sources.push({ path, code: withoutTypesAndComments(entry.name, await readFile(path, 'utf8')) })
  }
  return sources
}

function isSource(name: string): boolean {
  return /\.[cm]?[jt]s$/.test(name) && !/\.(d\.[cm]?ts|test\.[cm]?[jt]s|config\.[cm]?[jt]s)$/.test(name)
}

function withoutTypesAndComments(name: string, text: string): string {
  const code = name.endsWith('ts') ? withoutTypes(text) : text
  // Line breaks are kept, so that line numbers stay the same.
  return code.replace(COMMENTS, (comment) => comment.replace(/[^\n]/g, ' '))
}

/** Returns TypeScript without its types. Suppresses Node's warning that `stripTypeScriptTypes` is experimental. */
function withoutTypes(text: string): string {
  const emit = process.emitWarning
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(text)
  } finally {
    process.emitWarning = emit
  }
}
