import { isBuiltin } from 'node:module'

/**
 * Modules of Node that a plugin may import: they compute with what they get, and reach nothing outside the process
 * (files, network, other programs) and nothing of the process itself (its memory, its environment, other code in it).
 * The overrides for plugins in biome.json list the same modules; a test compares the two.
 */
export const ALLOWED_NODE_MODULES: readonly string[] = [
  'node:assert',
  'node:buffer',
  'node:crypto',
  'node:events',
  'node:path',
  'node:querystring',
  'node:stream',
  'node:string_decoder',
  'node:timers/promises',
  'node:url',
  'node:util',
  'node:zlib',
]

/**
 * Returns why a plugin may not import a specifier that Node itself resolves, as the end of a sentence that begins with
 * the importing file and the specifier. Null when it may, and for a specifier that Node does not resolve.
 */
export function nodeModuleProblem(specifier: string): string | null {
  if (!isBuiltin(specifier) || ALLOWED_NODE_MODULES.includes(specifier)) return null
  const prefixed = `node:${specifier}`
  // Node takes its own module also when a package with this name is installed.
  if (ALLOWED_NODE_MODULES.includes(prefixed)) return `which is a module of Node: write ${prefixed}.`
  return `which reaches outside of the plugin. Of the modules of Node, a plugin imports only ${ALLOWED_NODE_MODULES.join(', ')}.`
}
