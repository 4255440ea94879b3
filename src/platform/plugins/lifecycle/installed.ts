import type { ClientBase, Pool } from 'pg'

/** A row of `installed_plugins`. */
export interface InstalledPlugin {
  readonly id: string
  /** Version whose migrations were run. */
  readonly version: string
  /** Specifier of the folder or package that the plugin was installed from. */
  readonly source: string
  /**
   * REMOVING: its removal was begun and has to be run again. KEPT: it was removed and its tables were kept. INSTALLING
   * and UPGRADING are not written by this version, because an installation is one transaction.
   */
  readonly state: 'INSTALLING' | 'INSTALLED' | 'UPGRADING' | 'REMOVING' | 'KEPT'
  /** Permissions that the plugin's manifest names. */
  readonly permissions: readonly string[]
  /** Tables of core and of other plugins that the plugin may read. */
  readonly reads: readonly string[]
  /** What the plugin adds to the GraphQL schema, in SDL. */
  readonly schema: string
  /** Settings that the operator set for the installation. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** Returns all rows of `installed_plugins`, ordered by id. */
export async function readInstalled(client: ClientBase | Pool): Promise<InstalledPlugin[]> {
  const { rows } = await client.query<InstalledPlugin>(
    'select id, version, source, state, permissions, reads, schema, settings from installed_plugins order by id collate "C"',
  )
  return rows
}
