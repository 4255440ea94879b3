import { join, relative, resolve } from 'node:path'
import { Command } from 'commander'
import { coreParts } from '../../core.ts'
import { newPlugin } from '../../platform/plugins/authoring/new-plugin.ts'
import { isInProject, writeProjectTypes } from '../../platform/plugins/authoring/project-types.ts'
import { rootOf } from '../../platform/plugins/load/installation-config.ts'
import type { CommandContext } from '../command-context.ts'

/** `rapport plugin new` */
export function newCommand(context: CommandContext): Command {
  return new Command('new')
    .description('Create a small plugin to start from: a table, a field on Account, a rule and a test.')
    .argument('<id>', 'id of the plugin: 2 to 30 lower-case letters and digits')
    .option('--dir <folder>', 'folder in which the folder of the plugin is created', 'plugins')
    .action(async (id: string, { dir }: { readonly dir: string }) => {
      const directory = resolve(dir, id)
      const root = rootOf(context.config().pluginsFile)
      const path = relative(root, directory)
      const isInside = !path.startsWith('..')
      const folder = isInside ? `./${path}` : path
      // The path of a plugin outside the installation does not begin with ./. The commands in the README of such a
      // plugin name the folder `.`, because they are run in the plugin's own folder.
      const files = await newPlugin(id, directory, isInside ? folder : '.', await coreParts())
      if (isInProject(directory, root)) await writeProjectTypes((await coreParts()).models, root)
      context.print(`Wrote ${files.map((file) => join(relative('.', directory), file)).join('\n      ')}`)
      for (const line of nextSteps(id, folder)) context.print(line)
    })
}

function nextSteps(id: string, folder: string): string[] {
  // Vitest runs only tests in the folder where it is started or below, so it is started in the plugin's folder.
  const test = folder.startsWith('..')
    ? `cd ${folder} && npx vitest run`
    : `npx vitest run ${folder.replace(/^\.\//, '')}`
  return [
    '',
    'Next:',
    `  ${test}    test it on a temporary database`,
    `  npx rapport plugin plan ${folder}    show what installing it would change`,
    `  npx rapport plugin add ${folder}    install it`,
    `  npx rapport plugin enable ${id} --workspace demo    enable it in a workspace`,
    `  npx rapport plugin check ${folder}    check it before you publish it`,
  ]
}
