import { join, relative, resolve } from 'node:path'
import { Command } from 'commander'
import { coreParts } from '../../app.ts'
import { newPlugin } from '../../platform/plugins/authoring/new-plugin.ts'
import { rootOf } from '../../platform/plugins/load/installation-config.ts'
import type { CommandContext } from '../command-context.ts'

/** `rapport plugin new` */
export function newCommand(context: CommandContext): Command {
  return new Command('new')
    .description('Write a small plugin as a start: a table, a field on Account, a rule, a test.')
    .argument('<id>', '2 to 30 lower-case letters and digits')
    .option('--dir <folder>', 'folder in which its folder is created', 'plugins')
    .action(async (id: string, { dir }: { readonly dir: string }) => {
      const directory = resolve(dir, id)
      const root = rootOf(context.config().pluginsFile)
      const path = relative(root, directory)
      const isInside = !path.startsWith('..')
      const folder = isInside ? `./${path}` : path
      // A plugin outside the installation can't name it by a relative path: its commands are run in its own folder.
      const files = await newPlugin(id, directory, isInside ? folder : '.', await coreParts())
      context.print(`Wrote ${files.map((file) => join(relative('.', directory), file)).join('\n      ')}`)
      for (const line of nextSteps(id, folder)) context.print(line)
    })
}

function nextSteps(id: string, folder: string): string[] {
  // The tests of this installation don't include those of a folder outside it.
  const test = folder.startsWith('..')
    ? `cd ${folder} && npx vitest run`
    : `npx vitest run ${folder.replace(/^\.\//, '')}`
  return [
    '',
    'Next:',
    `  ${test}    test it on a database of its own`,
    `  npx rapport plugin plan ${folder}    see what it would do here`,
    `  npx rapport plugin add ${folder}    install it`,
    `  npx rapport plugin enable ${id} --workspace demo    use it in a workspace`,
    `  npx rapport plugin check ${folder}    before it is published`,
  ]
}
