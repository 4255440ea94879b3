import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { z } from 'zod'
import { isFolder } from '../load/specifier.ts'

/** A module of a plugin, without its types and comments. */
interface Source {
  /** Absolute path. */
  readonly path: string
  readonly code: string
}

/** Modules of Node that reach nothing outside of the process. */
const PURE: ReadonlySet<string> = new Set(
  [
    'assert',
    'buffer',
    'crypto',
    'events',
    'path',
    'querystring',
    'stream',
    'string_decoder',
    'timers/promises',
    'url',
    'util',
    'zlib',
  ].map((name) => `node:${name}`),
)
const NO_SOURCES: ReadonlySet<string> = new Set(['node_modules', 'test', 'migrations', '.git'])
const IMPORTS = [
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"\n]+)['"]/gm,
  /^\s*import\s*['"]([^'"\n]+)['"]/gm,
  /\bimport\s*\(\s*['"]([^'"\n]+)['"]/g,
  /\brequire\s*\(\s*['"]([^'"\n]+)['"]/g,
]
const ENVIRONMENT = /\bprocess\s*(?:\.\s*env\b|\[\s*['"]env['"]\s*\])|\bimport\.meta\.env\b/g
const COMMENTS = /\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(),])\/\/[^\n]*/g

const manifest = z.looseObject({
  name: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
})

/**
 * What the modules of a plugin import that they may not: only `rapport/plugin`, files of its own, packages that its
 * package.json names, and `siblings`, the folders of plugins that it depends on. Tests are not looked at.
 */
export async function foreignImports(directory: string, siblings: readonly string[]): Promise<string[]> {
  const { dependencies = {}, peerDependencies = {} } = await readManifest(directory)
  const packages = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)])
  const isAllowed = (source: Source, specifier: string) => {
    if (specifier === 'rapport/plugin' || PURE.has(specifier)) return true
    if (isFolder(specifier))
      return [directory, ...siblings].some((root) => isWithin(root, resolve(dirname(source.path), specifier)))
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
    return name !== 'rapport' && packages.has(name)
  }
  return (await readSources(directory)).flatMap((source) =>
    importsOf(source.code)
      .filter((specifier) => !isAllowed(source, specifier))
      .map(
        (specifier) =>
          `${relative(directory, source.path)} imports ${specifier}. A plugin imports rapport/plugin, its own files, plugins ` +
          'that it depends on, and packages under "dependencies" of its package.json.',
      ),
  )
}

/** Where the modules of a plugin look at the environment. */
export async function environmentReads(directory: string): Promise<string[]> {
  return (await readSources(directory)).flatMap(({ path, code }) =>
    [...code.matchAll(ENVIRONMENT)].map(
      ({ index }) =>
        `${relative(directory, path)}:${code.slice(0, index).split('\n').length} reads the environment. Declare a setting or a ` +
        'secret under "settings" instead.',
    ),
  )
}

function importsOf(code: string): string[] {
  return [...new Set(IMPORTS.flatMap((pattern) => [...code.matchAll(pattern)].map(([, name]) => name ?? '')))]
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(`${root}/`)
}

async function readManifest(directory: string): Promise<z.infer<typeof manifest>> {
  const path = join(directory, 'package.json')
  return existsSync(path) ? manifest.parse(JSON.parse(await readFile(path, 'utf8'))) : {}
}

async function readSources(directory: string): Promise<Source[]> {
  const sources: Source[] = []
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory() && !NO_SOURCES.has(entry.name)) sources.push(...(await readSources(path)))
    if (entry.isFile() && isSource(entry.name))
      sources.push({ path, code: plain(entry.name, await readFile(path, 'utf8')) })
  }
  return sources
}

function isSource(name: string): boolean {
  return /\.[cm]?[jt]s$/.test(name) && !/\.(d\.[cm]?ts|test\.[cm]?[jt]s|config\.[cm]?[jt]s)$/.test(name)
}

function plain(name: string, text: string): string {
  const code = name.endsWith('ts') ? withoutTypes(text) : text
  // Lines stay where they are.
  return code.replace(COMMENTS, (comment) => comment.replace(/[^\n]/g, ' '))
}

/** Without Node's word, in the midst of the findings, that this function of its is experimental. */
function withoutTypes(text: string): string {
  const emit = process.emitWarning
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(text)
  } finally {
    process.emitWarning = emit
  }
}
