import type { Pool } from 'pg'
import { readModels } from '../../data/models/models.ts'
import type { CoreParts } from '../host/compose-plugins.ts'
import { readInstalled } from '../lifecycle/installed.ts'
import { pluginOverview } from '../lifecycle/overview.ts'
import { rootOf } from '../load/installation-config.ts'
import { loadPlugin } from '../load/load-plugin.ts'

/** A difference between what is installed and what the database and the configuration contain. */
export interface Drift {
  /** Id of a plugin, specifier of a folder or package, or name of a table. */
  readonly subject: string
  /** What differs and what the operator has to do. */
  readonly message: string
  /** Whether it is a problem; otherwise a warning. */
  readonly isProblem: boolean
}

/**
 * Returns the differences between what is installed and what the database and the configuration contain; an empty list
 * when there is none. Changes nothing.
 */
export async function findDrift(ownerPool: Pool, core: CoreParts, configPath: string): Promise<Drift[]> {
  const { plugins, refused } = await pluginOverview(ownerPool, core, configPath)
  return [
    ...refused.map(({ id, source, reason }) => ({ subject: id ?? source, message: reason, isProblem: true })),
    ...plugins
      .filter(({ row }) => row.state === 'REMOVING')
      .map(({ row: { id } }) => ({
        subject: id,
        message: `Its removal has not ended. Run it again: rapport plugin remove ${id} with the option you began with.`,
        isProblem: true,
      })),
    ...plugins.flatMap(({ row, quarantined }) =>
      quarantined.map(({ slug, reason }) => ({
        subject: row.id,
        message: `It is not in use in the workspace ${slug}: ${reason} Fix the cause, then run: rapport plugin enable ${row.id} --workspace ${slug}`,
        isProblem: false,
      })),
    ),
    // A problem, not a warning: until it is solved, writes that the plugin's rules would refuse succeed.
    ...plugins.flatMap(({ row, unavailable }) =>
      unavailable.map(({ slug, reason }) => ({
        subject: row.id,
        message: `It is not in use in the workspace ${slug}, its rules included: ${reason}`,
        isProblem: true,
      })),
    ),
    ...(await missingTables(ownerPool, configPath)),
    ...(await orphanTables(ownerPool, core)),
  ]
}

async function tableNames(ownerPool: Pool): Promise<string[]> {
  const { rows } = await ownerPool.query<{ name: string }>(
    `select relname::text as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') order by 1`,
  )
  return rows.map(({ name }) => name)
}

async function missingTables(ownerPool: Pool, configPath: string): Promise<Drift[]> {
  const present = new Set(await tableNames(ownerPool))
  const drift: Drift[] = []
  for (const row of (await readInstalled(ownerPool)).filter(({ state }) => state === 'INSTALLED')) {
    const loaded = await loadPlugin(row.source, rootOf(configPath)).catch(() => null)
    if (!loaded?.modelSource) continue
    // The models need no parsing: @@map in the text names the table of each model.
    const tables = loaded.modelSource.files.flatMap(({ text }) =>
      [...text.matchAll(/^(?:model|view)\s+\w+\s*\{[^}]*?@@map\("(\w+)"\)/gms)].map(([, table]) => table ?? ''),
    )
    for (const table of tables.filter((name) => !present.has(name)))
      drift.push({
        subject: row.id,
        message: `Its table ${table} is missing. Restore it from a backup, or write the migration that creates it.`,
        isProblem: true,
      })
  }
  return drift
}

async function orphanTables(ownerPool: Pool, core: CoreParts): Promise<Drift[]> {
  const owners = (await readInstalled(ownerPool)).map(({ id }) => id)
  const coreTables = new Set([...readModels([core.models]).models.values()].map(({ table }) => table))
  return (await tableNames(ownerPool))
    .filter(
      (name) =>
        !coreTables.has(name) && !name.startsWith('rapport_') && !owners.some((id) => name.startsWith(`${id}_`)),
    )
    .map((name) => ({
      subject: name,
      message: 'This table belongs to nothing that is installed. Check what it is, then drop it by hand.',
      isProblem: false,
    }))
}
