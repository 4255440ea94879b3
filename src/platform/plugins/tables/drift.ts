import type { Pool } from 'pg'
import { readModels } from '../../data/models/models.ts'
import type { CoreParts } from '../host/compose-plugins.ts'
import { readInstalled } from '../lifecycle/installed.ts'
import { pluginOverview } from '../lifecycle/overview.ts'
import { rootOf } from '../load/installation-config.ts'
import { loadPlugin } from '../load/load-plugin.ts'

/** A difference between the installed plugins and the database or `rapport.config.ts`. */
export interface Drift {
  /** The plugin (its id, or its folder or package when it can't be loaded) or table that differs. */
  readonly subject: string
  /** What differs and what the operator has to do. */
  readonly message: string
  /** True when the difference is reported as a problem, false when it is reported as a warning. */
  readonly isProblem: boolean
}

/**
 * Returns the differences between the installed plugins and the database and `rapport.config.ts`; an empty list when
 * there are no differences. Changes nothing.
 */
export async function findDrift(ownerPool: Pool, core: CoreParts, configPath: string): Promise<Drift[]> {
  const { plugins, refused } = await pluginOverview(ownerPool, core, configPath)
  return [
    ...refused.map(({ id, source, reason }) => ({ subject: id ?? source, message: reason, isProblem: true })),
    ...plugins
      .filter(({ row }) => row.state === 'REMOVING')
      .map(({ row: { id } }) => ({
        subject: id,
        message: `Its removal is not complete. Run \`rapport plugin remove ${id}\` again, with the same option (--keep, --export or --drop).`,
        isProblem: true,
      })),
    ...plugins.flatMap(({ row, quarantined }) =>
      quarantined.map(({ slug, reason }) => ({
        subject: row.id,
        message: `It is not in use in the workspace ${slug}: ${reason} Fix the cause, then run: rapport plugin enable ${row.id} --workspace ${slug}`,
        isProblem: false,
      })),
    ),
    ...plugins
      .filter(({ unconfirmed }) => unconfirmed.length > 0)
      .map(({ row: { id, version }, unconfirmed }) => ({
        subject: id,
        message: `Its code may use ${unconfirmed.join(', ')}, which was not confirmed when version ${version} was installed. If you want this, give the plugin a new version and run: rapport plugin upgrade ${id}`,
        isProblem: true,
      })),
    // A problem, not a warning: while the plugin is not in use, writes that its rules would refuse succeed.
    ...plugins.flatMap(({ row, unavailable }) =>
      unavailable.map(({ slug, reason }) => ({
        subject: row.id,
        message: `It is not in use in the workspace ${slug}, and its rules do not run there: ${reason}`,
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
    // The models are not parsed: `@@map` in the text names the table of each model.
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
      message: 'This table belongs neither to core nor to an installed plugin. Check what it is, then drop it by hand.',
      isProblem: false,
    }))
}
