import type { Pool } from 'pg'
import type { Config } from '../config.ts'
import { coreParts } from '../core.ts'
import type { PluginSupply } from '../platform/plugins/host/host.ts'
import type { Installation } from '../platform/plugins/lifecycle/installation.ts'
import { usablePlugins } from '../platform/plugins/lifecycle/usable-plugins.ts'

/** Returns what is needed to add, upgrade and remove plugins: database, `rapport.config.ts` and the parts of core. */
export async function installationOf({ pluginsFile }: Config, databaseUrl: string): Promise<Installation> {
  return { databaseUrl, configPath: pluginsFile, core: await coreParts() }
}

/**
 * Returns the value for the option `plugins` of `createApp`: a function that loads the plugins of this installation.
 */
export function pluginSupply({ pluginsFile }: Config): (ownerPool: Pool) => Promise<PluginSupply> {
  return async (ownerPool) => usablePlugins(ownerPool, await coreParts(), pluginsFile)
}
