import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The part of the Vitest configuration that `pluginTestConfig` sets. */
export interface PluginTestConfig {
  readonly test: {
    readonly globalSetup: string[]
    readonly testTimeout: number
    readonly hookTimeout: number
    readonly maxWorkers: number
    readonly server: { readonly deps: { readonly external: RegExp[] } }
  }
}

const TIMEOUT_MS = 30_000

/**
 * The module `rapport/plugin/testing/config`: returns the Vitest configuration for the tests of plugins that have a
 * separate package. All test files of a run share one PostgreSQL. In `vitest.config.ts`:
 * `export default pluginTestConfig()`.
 */
export function pluginTestConfig(): PluginTestConfig {
  const sources = realpathSync(fileURLToPath(new URL('.', import.meta.url)))
  return {
    test: {
      globalSetup: [fileURLToPath(new URL('./testing/global-setup.ts', import.meta.url))],
      testTimeout: TIMEOUT_MS,
      hookTimeout: TIMEOUT_MS,
      // Each worker has a PostgreSQL connection pool or two beside it; more workers than this only wait for each other.
      maxWorkers: 2,
      // Node, not Vite, loads the files of Rapport. Vite would load a second copy of `graphql`, besides the copy that
      // the libraries load.
      server: { deps: { external: [new RegExp(`^${sources.replace(/[^\w/-]/g, '\\$&')}`)] } },
    },
  }
}
