import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What Vitest is told, as far as it matters here. */
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
 * Configuration of Vitest for the tests of plugins in a package of their own, as `rapport/plugin/testing/config`: one
 * PostgreSQL for the whole run. In `vitest.config.ts`: `export default pluginTestConfig()`.
 */
export function pluginTestConfig(): PluginTestConfig {
  const sources = realpathSync(fileURLToPath(new URL('.', import.meta.url)))
  return {
    test: {
      globalSetup: [fileURLToPath(new URL('./testing/global-setup.ts', import.meta.url))],
      testTimeout: TIMEOUT_MS,
      hookTimeout: TIMEOUT_MS,
      maxWorkers: 2,
      // Loaded by Node itself: Vite would bring a second copy of `graphql` beside the one of the libraries.
      server: { deps: { external: [new RegExp(`^${sources.replace(/[^\w/-]/g, '\\$&')}`)] } },
    },
  }
}
