import type { Pool } from 'pg'
import { coreParts } from '../app.ts'
import type { Config } from '../config.ts'
import type { PluginSupply } from '../platform/plugins/host/host.ts'
import type { Installation } from '../platform/plugins/lifecycle/installation.ts'
import { usablePlugins } from '../platform/plugins/lifecycle/usable-plugins.ts'

/** Returns this installation, for adding, upgrading and removing its plugins. */
export async function installationOf({ pluginsFile }: Config, databaseUrl: string): Promise<Installation> {
  return { databaseUrl, configPath: pluginsFile, core: await coreParts() }
}

/** Returns the function by which an app finds the plugins of this installation. */
export function pluginSupply({ pluginsFile }: Config): (ownerPool: Pool) => Promise<PluginSupply> {
  return async (ownerPool) => usablePlugins(ownerPool, await coreParts(), pluginsFile)
}
