import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { coreParts } from '../../../src/core.ts'
import { newPlugin } from '../../../src/platform/plugins/authoring/new-plugin.ts'
import { makeAuthorFolder, placeOf } from './author-folder.ts'

/** Changes of files, by the name of the file. */
export type Edits = Readonly<Record<string, (text: string) => string>>

/** A new plugin `memo` without problems, and copies of it with problems. */
export interface SpoiltPlugins {
  /** Folder of the plugin without problems. */
  readonly good: string
  /** Copies the good plugin, edits some of its files, and returns the folder. */
  spoilt(edits: Edits): Promise<string>
  remove(): Promise<void>
}

/** Replaces a text in `plugin.ts`. */
export const inPlugin = (from: string, to: string): Edits => ({ 'plugin.ts': (text) => text.replace(from, to) })

/** Adds properties to the declaration of the plugin. They may use `badArgument`, `invalid` and `z`. */
export const withParts = (parts: string): Edits => ({
  'plugin.ts': (text) =>
    `import { badArgument, invalid, z } from 'rapport/plugin'\n${text}`.replace(
      '  errors: [pinnedNotes],',
      () => `  ${parts}\n  errors: [pinnedNotes],`,
    ),
})

export async function makeSpoiltPlugins(): Promise<SpoiltPlugins> {
  const author = await makeAuthorFolder()
  const folder = join(author.path, 'plugins')
  const good = join(folder, 'good')
  await newPlugin('memo', placeOf(good, 'memo'), await coreParts())
  let copies = 0
  return {
    good,
    async spoilt(edits) {
      const directory = join(folder, `copy${++copies}`)
      await cp(good, directory, { recursive: true })
      for (const [name, edit] of Object.entries(edits)) {
        const path = join(directory, name)
        const before = await readFile(path, 'utf8').catch(() => '')
        const after = edit(before)
        expect(after).not.toBe(before)
        await writeFile(path, after)
      }
      return directory
    },
    remove: author.remove,
  }
}
