import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { z } from 'zod'

const RAPPORT = fileURLToPath(new URL('../../../../..', import.meta.url))

/** Returns `vitest.config.ts` of a plugin that the Vitest configuration of the installation does not include. */
export const vitestConfigTemplate = () => `import { pluginTestConfig } from 'rapport/plugin/testing/config'

export default pluginTestConfig()
`

/** Whether code in a folder, which need not exist yet, can import Rapport. */
export function canImportRapport(directory: string): boolean {
  try {
    return findPackageJSON('rapport', pathToFileURL(join(directory, 'plugin.ts'))) !== undefined
  } catch {
    return false
  }
}

/** Returns `package.json` of a plugin in a folder from which Rapport can't be imported yet. */
export function packageTemplate(id: string, directory: string): string {
  const { devDependencies } = z
    .object({ devDependencies: z.object({ typescript: z.string(), vitest: z.string() }) })
    .parse(JSON.parse(readFileSync(join(RAPPORT, 'package.json'), 'utf8')))
  const manifest = {
    name: `rapport-plugin-${id}`,
    version: '1.0.0',
    private: true,
    type: 'module',
    exports: './plugin.ts',
    scripts: { test: 'vitest run' },
    devDependencies: { rapport: `file:${relative(directory, RAPPORT)}`, ...devDependencies },
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}
