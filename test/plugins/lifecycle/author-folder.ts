import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')

/** A folder outside of this project in which an author writes plugins with the tools of this project. */
export interface AuthorFolder {
  readonly path: string
  remove(): Promise<void>
}

/** Where `newPlugin` writes a plugin of an author folder, in `plugins/`. */
export const placeOf = (directory: string, id: string) => ({
  directory,
  displayedFolder: `./plugins/${id}`,
  test: `npx vitest run plugins/${id}`,
  hasOwnTestConfig: false,
})

export async function makeAuthorFolder(): Promise<AuthorFolder> {
  const path = await mkdtemp(join(tmpdir(), 'rapport-author-'))
  await symlink(join(root, 'node_modules'), join(path, 'node_modules'))
  for (const name of ['biome.json', 'layers.grit']) await cp(join(root, name), join(path, name))
  await writeFile(join(path, 'package.json'), '{ "type": "module" }')
  await writeFile(
    join(path, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), include: ['plugins'] }),
  )
  await writeFile(
    join(path, 'vitest.config.ts'),
    `import { pluginTestConfig } from 'rapport/plugin/testing/config'\n\nexport default pluginTestConfig()\n`,
  )
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
