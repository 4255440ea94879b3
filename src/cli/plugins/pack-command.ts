import { relative, resolve } from 'node:path'
import { Command } from 'commander'
import { coreParts } from '../../core.ts'
import { packPlugin } from '../../platform/plugins/authoring/pack-plugin.ts'
import type { CommandContext } from '../command-context.ts'
import { packageVersion } from '../version.ts'
import { listedModels } from './listed-models.ts'

interface PackOptions {
  readonly name?: string
  readonly out: string
}

/** `rapport plugin pack` */
export function packCommand(context: CommandContext): Command {
  return new Command('pack')
    .description('Create an npm package of a plugin with compiled JavaScript, types, models and SQL.')
    .argument('[folder]', 'folder of the plugin', '.')
    .option('--name <name>', 'name of the package, such as @acme/rapport-hello (default: the name in its package.json)')
    .option('--out <folder>', 'folder to write the tarball to', '.')
    .action(async (folder: string, { name, out }: PackOptions) => {
      const path = await packPlugin({
        directory: resolve(folder),
        core: (await coreParts()).models,
        others: await listedModels(context.config().pluginsFile, resolve(folder)),
        destination: resolve(out),
        rapportVersion: packageVersion(),
        ...(name === undefined ? {} : { name }),
      })
      const relativePath = relative('.', path)
      const tarball = relativePath.startsWith('..') ? path : `./${relativePath}`
      context.print(
        `Packed ${tarball}. In another installation: npm install ${tarball}, then: rapport plugin add <name of the package>`,
      )
    })
}
