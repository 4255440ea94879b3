import { existsSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { readListedPlugins } from '../load/installation-config.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'

/** An edit of `rapport.config.ts` that was made and can be taken back. */
export interface ConfigEdit {
  undo(): Promise<void>
}

const EMPTY = `import type { InstallationConfig } from 'rapport/config'

export default {
  plugins: [],
} satisfies InstallationConfig
`

// What this project's formatter keeps on one line, in characters.
const LINE_WIDTH = 120

// One array of texts. Whatever else is in it, such as a variable or a comment, is for a person to edit.
const LIST = /(\bplugins\s*:\s*\[)((?:\s*(?:'[^'\\\n]*'|"[^"\\\n]*")\s*,?)*)(\s*\])/g

/**
 * Lists a plugin in `rapport.config.ts`, which is made where there is none. The edited file is read back before it counts.
 * @throws PluginLifecycleError that says what to write by hand, where the file is not of the usual form.
 */
export async function listPlugin(configPath: string, specifier: string): Promise<ConfigEdit> {
  const listed = await readListedPlugins(configPath)
  return listed.includes(specifier)
    ? { undo: async () => undefined }
    : rewrite(configPath, [...listed, specifier], `Add '${specifier}' to its plugins`)
}

/**
 * Takes a plugin out of `rapport.config.ts`, where it is listed.
 * @throws PluginLifecycleError that says what to delete by hand, where the file is not of the usual form.
 */
export async function unlistPlugin(configPath: string, specifier: string): Promise<ConfigEdit> {
  const listed = await readListedPlugins(configPath)
  const rest = listed.filter((each) => each !== specifier)
  return rest.length === listed.length
    ? { undo: async () => undefined }
    : rewrite(configPath, rest, `Delete '${specifier}' from its plugins`)
}

async function rewrite(configPath: string, wanted: readonly string[], byHand: string): Promise<ConfigEdit> {
  const refusal = () =>
    new PluginLifecycleError(
      `${configPath} is not of the form that can be edited safely. ${byHand} by hand, and run this again.`,
    )
  const before = existsSync(configPath) ? await readFile(configPath, 'utf8') : null
  const edited = withList(before ?? EMPTY, wanted)
  if (edited === null) throw refusal()
  const draft = `${configPath.slice(0, -basename(configPath).length)}.rapport.config.${process.pid}.ts`
  try {
    await writeFile(draft, edited)
    const read = await readListedPlugins(draft)
    if (read.join('\n') !== wanted.join('\n')) throw refusal()
    await rename(draft, configPath)
  } finally {
    await rm(draft, { force: true })
  }
  return {
    async undo() {
      if (before === null) await rm(configPath, { force: true })
      else await writeFile(configPath, before)
    },
  }
}

/** The text with another list of plugins; null where there is not exactly one place for it. */
function withList(text: string, wanted: readonly string[]): string | null {
  if ([...text.matchAll(LIST)].length !== 1) return null
  const items = wanted.map((each) => `'${each}'`)
  const inOneLine = text.replace(LIST, (_, open: string) => `${open}${items.join(', ')}]`)
  const line = inOneLine.split('\n').find((each) => new RegExp(LIST).test(each)) ?? ''
  if (line.length <= LINE_WIDTH) return inOneLine
  const spread = `plugins: [${items.map((item) => `\n    ${item},`).join('')}\n  ]`
  const inBraces = inOneLine.replace(/\{ plugins: \[[^\]\n]*\] \}/, () => `{\n  ${spread},\n}`)
  return inBraces === inOneLine ? text.replace(LIST, () => spread) : inBraces
}
