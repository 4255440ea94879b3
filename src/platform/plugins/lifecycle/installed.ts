import type { ClientBase, Pool } from 'pg'

/** A row of `installed_plugins`. */
export interface InstalledPlugin {
  readonly id: string
  /** Version whose migrations were run. */
  readonly version: string
  /** Folder or package it came from. */
  readonly source: string
  readonly state: 'INSTALLING' | 'INSTALLED' | 'UPGRADING' | 'REMOVING' | 'KEPT'
  readonly permissions: readonly string[]
  readonly reads: readonly string[]
  /** What it adds to the GraphQL schema, in SDL. */
  readonly schema: string
  readonly settings: Readonly<Record<string, unknown>>
}

/** Every plugin that this installation knows, by id. */
export async function readInstalled(client: ClientBase | Pool): Promise<InstalledPlugin[]> {
  const { rows } = await client.query<InstalledPlugin>(
    'select id, version, source, state, permissions, reads, schema, settings from installed_plugins order by id collate "C"',
  )
  return rows
}
