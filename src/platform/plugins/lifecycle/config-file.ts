import { existsSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { readListedPlugins } from '../load/installation-config.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'

/** An edit of `rapport.config.ts` that is written and can be undone. */
export interface ConfigEdit {
  undo(): Promise<void>
}

const EMPTY_CONFIG = `import type { InstallationConfig } from 'rapport/config'

export default {
  plugins: [],
} satisfies InstallationConfig
`

// Line width of this project's formatter, in characters.
const LINE_WIDTH = 120

// An array of string literals. An array with anything else in it, such as a variable or a comment, is not edited.
const PLUGIN_LIST = /(\bplugins\s*:\s*\[)((?:\s*(?:'[^'\\\n]*'|"[^"\\\n]*")\s*,?)*)(\s*\])/g

/**
 * Lists a plugin in `rapport.config.ts`, which is created when it does not exist. The edited text is imported and
 * checked before it replaces the file.
 * @throws PluginLifecycleError when the file can't be edited safely; the message says what to write by hand.
 */
export async function listPlugin(configPath: string, specifier: string): Promise<ConfigEdit> {
  const listed = await readListedPlugins(configPath)
  return listed.includes(specifier)
    ? { undo: async () => undefined }
    : rewrite(configPath, [...listed, specifier], `Add '${specifier}' to its plugins`)
}

/**
 * Removes a plugin from the list in `rapport.config.ts`. Does nothing when it is not listed.
 * @throws PluginLifecycleError when the file can't be edited safely; the message says what to delete by hand.
 */
export async function unlistPlugin(configPath: string, specifier: string): Promise<ConfigEdit> {
  const listed = await readListedPlugins(configPath)
  const rest = listed.filter((item) => item !== specifier)
  return rest.length === listed.length
    ? { undo: async () => undefined }
    : rewrite(configPath, rest, `Delete '${specifier}' from its plugins`)
}

async function rewrite(configPath: string, specifiers: readonly string[], manualEdit: string): Promise<ConfigEdit> {
  const refusal = () =>
    new PluginLifecycleError(
      `${configPath} is not of the form that can be edited safely. ${manualEdit} by hand, and run this again.`,
    )
  const before = existsSync(configPath) ? await readFile(configPath, 'utf8') : null
  const edited = withList(before ?? EMPTY_CONFIG, specifiers)
  if (edited === null) throw refusal()
  const temporary = `${configPath.slice(0, -basename(configPath).length)}.rapport.config.${process.pid}.ts`
  try {
    await writeFile(temporary, edited)
    const read = await readListedPlugins(temporary)
    if (read.join('\n') !== specifiers.join('\n')) throw refusal()
    await rename(temporary, configPath)
  } finally {
    await rm(temporary, { force: true })
  }
  return {
    async undo() {
      if (before === null) await rm(configPath, { force: true })
      else await writeFile(configPath, before)
    },
  }
}

/** Returns the text with another list of plugins; null when it does not contain exactly one list of plugins. */
function withList(text: string, specifiers: readonly string[]): string | null {
  if ([...text.matchAll(PLUGIN_LIST)].length !== 1) return null
  const items = specifiers.map((item) => `'${item}'`)
  const inOneLine = text.replace(PLUGIN_LIST, (_, open: string) => `${open}${items.join(', ')}]`)
  const line = inOneLine.split('\n').find((item) => new RegExp(PLUGIN_LIST).test(item)) ?? ''
  if (line.length <= LINE_WIDTH) return inOneLine
  const multiLine = `plugins: [${items.map((item) => `\n    ${item},`).join('')}\n  ]`
  const inBraces = inOneLine.replace(/\{ plugins: \[[^\]\n]*\] \}/, () => `{\n  ${multiLine},\n}`)
  return inBraces === inOneLine ? text.replace(PLUGIN_LIST, () => multiLine) : inBraces
}
