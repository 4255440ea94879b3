import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PluginFailedError } from '../../sandbox/failure.ts'

const RAPPORT_SOURCES = fileURLToPath(new URL('../../../', import.meta.url))
const MAX_FRAMES = 5

/**
 * Returns why something failed: the message of the error, and a line for each place in the plugin's own files that its
 * stack names.
 */
export function failureText(error: unknown): string {
  if (error instanceof PluginFailedError) {
    const { plugin, part, reason, cause } = error
    return `The plugin ${plugin} failed in ${part}: ${reason}${framesOf(cause)}`
  }
  return `${error instanceof Error ? error.message : String(error)}${framesOf(error)}`
}

/** Returns a line for each place outside of Rapport, Node and packages in the stack of an error, at most five. */
export function framesOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return stack
    .split('\n')
    .flatMap(frameIn)
    .slice(0, MAX_FRAMES)
    .map((frame) => `\n${frame}`)
    .join('')
}

const FRAME = /^\s+(at (?:async )?(?:.*\()?)(?:file:\/\/)?(\/[^()]+?)(:\d+:\d+\)?)$/

function frameIn(line: string): string[] {
  const [, start = '', path = '', end = ''] = FRAME.exec(line) ?? []
  if (path === '' || path.startsWith(RAPPORT_SOURCES) || path.includes('/node_modules/')) return []
  const shown = relative('', decodeURI(path))
  return [`${start}${shown.startsWith('..') ? path : shown}${end}`]
}
