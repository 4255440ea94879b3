import { constants, existsSync } from 'node:fs'
import { access, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { readListedPlugins } from '../load/installation-config.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'

/** An edit that was made to `rapport.config.ts`. */
export interface ConfigEdit {
  /** Restores the file as it was before the edit, or deletes it when it did not exist. */
  undo(): Promise<void>
}

const EMPTY_CONFIG = `import type { InstallationConfig } from 'rapport/config'

export default {
  plugins: [],
} satisfies InstallationConfig
`

// Line width of this project's formatter, in characters.
const LINE_WIDTH = 120

// Matches `plugins: […]` with only string literals in it. An array with a variable or a comment does not match, and the
// file is then not edited.
const PLUGIN_LIST = /(\bplugins\s*:\s*\[)((?:\s*(?:'[^'\\\n]*'|"[^"\\\n]*")\s*,?)*)(\s*\])/g

/**
 * Adds a plugin to the list in `rapport.config.ts`. Creates the file when it does not exist, and changes nothing when
 * the plugin is listed already. The edited text is imported and checked before it replaces the file.
 * @throws PluginLifecycleError when the file can't be edited safely; the message says what to write by hand.
 */
export async function listPlugin(configPath: string, specifier: string): Promise<ConfigEdit> {
  const listed = await readListedPlugins(configPath)
  return listed.includes(specifier)
    ? { undo: async () => undefined }
    : rewrite(configPath, [...listed, specifier], `Add '${specifier}' to its plugins`)
}

/**
 * Removes a plugin from the list in `rapport.config.ts`. Changes nothing when the plugin is not listed.
 * @throws PluginLifecycleError when the file can't be edited safely; the message says what to delete by hand.
 */
export async function unlistPlugin(configPath: string, specifier: string): Promise<ConfigEdit> {
  const listed = await readListedPlugins(configPath)
  const rest = listed.filter((item) => item !== specifier)
  return rest.length === listed.length
    ? { undo: async () => undefined }
    : rewrite(configPath, rest, `Delete '${specifier}' from its plugins`)
}

/**
 * Returns why `listPlugin` would refuse to add the plugin to the file; null when it would not. Writes nothing, so a
 * text that can't be imported once it is edited is noticed only by `listPlugin`.
 */
export async function listingProblem(configPath: string, specifier: string): Promise<string | null> {
  if ((await readListedPlugins(configPath)).includes(specifier)) return null
  const before = existsSync(configPath) ? await readFile(configPath, 'utf8') : EMPTY_CONFIG
  if (withList(before, [specifier]) === null) return notEditable(configPath, `Add '${specifier}' to its plugins`)
  // A new file takes the place of the old one, so the folder has to be writable.
  const folder = dirname(configPath)
  const isWritable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  return isWritable ? null : `The plugin can't be listed in ${configPath}: the folder is not writable. Allow it.`
}

function notEditable(configPath: string, manualEdit: string): string {
  return `${configPath} is not of the form that can be edited safely. ${manualEdit} by hand, and run this again.`
}

async function rewrite(configPath: string, specifiers: readonly string[], manualEdit: string): Promise<ConfigEdit> {
  const refusal = () => new PluginLifecycleError(notEditable(configPath, manualEdit))
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

/** Returns the text of the file with a new list of plugins; null when the text does not contain exactly one list. */
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
