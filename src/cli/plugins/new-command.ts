import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
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
      // The path of a plugin outside the installation does not begin with ./. The commands in the README of such a
      // plugin name the folder `.`, because they are run in the plugin's own folder.
      const folder = isInside ? `./${path}` : path
      const hasOwnTestConfig = !isTestedFrom(root, path)
      const test = hasOwnTestConfig ? 'npx vitest run' : `npx vitest run ${path}`
      const displayedFolder = isInside ? folder : '.'
      const readmeTest = hasOwnTestConfig && isInside ? `cd ${path} && ${test}` : test
      const place = { directory, displayedFolder, test: readmeTest, hasOwnTestConfig }
      const core = await coreParts()
      const files = await newPlugin(id, place, core)
      if (isInProject(directory, root)) await writeProjectTypes(core.models, root)
      context.print(`Wrote ${files.map((file) => join(relative('.', directory), file)).join('\n      ')}`)
      const install = files.includes('package.json') ? 'npm install && ' : ''
      const testThere = hasOwnTestConfig ? `(cd ${relative('.', directory)} && ${install}${test})` : test
      for (const line of nextSteps(id, folder, testThere)) context.print(line)
    })
}

/**
 * Whether Vitest finds the tests of a plugin when it is started in the folder of the installation: its configuration
 * there includes the tests in plugins/. Any other folder needs a configuration, because Vitest may load Rapport only by
 * the rules of `pluginTestConfig`.
 */
function isTestedFrom(root: string, path: string): boolean {
  const hasConfig = ['ts', 'js', 'mts', 'mjs'].some((ending) => existsSync(join(root, `vitest.config.${ending}`)))
  return hasConfig && dirname(path) === 'plugins'
}

function nextSteps(id: string, folder: string, test: string): string[] {
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
