import type { Pool } from 'pg'
import { readModels } from '../../data/models/models.ts'
import type { CoreParts } from '../host/compose-plugins.ts'
import { readInstalled } from '../lifecycle/installed.ts'
import { pluginOverview } from '../lifecycle/overview.ts'
import { rootOf } from '../load/installation-config.ts'
import { loadPlugin } from '../load/load-plugin.ts'

/** Something that is not as it was installed, and what to do. */
export interface Drift {
  /** Plugin, folder or package. */
  readonly subject: string
  readonly message: string
  readonly isProblem: boolean
}

/** Looks for what is not as it was installed. Changes nothing. Empty when all is well. */
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
        message: `It is out of use in the workspace ${slug}: ${reason} Mend it, then: rapport plugin enable ${row.id} --workspace ${slug}`,
        isProblem: false,
      })),
    ),
    // A problem, and not a warning: what its rules would refuse is written meanwhile.
    ...plugins.flatMap(({ row, unavailable }) =>
      unavailable.map(({ slug, reason }) => ({
        subject: row.id,
        message: `It is out of use in the workspace ${slug}, its rules included: ${reason}`,
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
    // The text is enough: a model's table is what its @@map says.
    const tables = loaded.modelSource.files.flatMap(({ text }) =>
      [...text.matchAll(/^(?:model|view)\s+\w+\s*\{[^}]*?@@map\("(\w+)"\)/gms)].map(([, table]) => table ?? ''),
    )
    for (const table of tables.filter((name) => !present.has(name)))
      drift.push({
        subject: row.id,
        message: `Its table ${table} is missing. Restore it from a backup, or write the migration that makes it.`,
        isProblem: true,
      })
  }
  return drift
}

async function orphanTables(ownerPool: Pool, core: CoreParts): Promise<Drift[]> {
  const owners = (await readInstalled(ownerPool)).map(({ id }) => id)
  const own = new Set([...readModels([core.models]).models.values()].map(({ table }) => table))
  return (await tableNames(ownerPool))
    .filter((name) => !own.has(name) && !name.startsWith('rapport_') && !owners.some((id) => name.startsWith(`${id}_`)))
    .map((name) => ({
      subject: name,
      message: 'This table belongs to nothing that is installed. Look what it is, then drop it by hand.',
      isProblem: false,
    }))
}
