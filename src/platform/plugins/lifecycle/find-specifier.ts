import { PLUGIN_ID } from '../load/check-plugin.ts'
import { inspectImport } from '../load/inspect.ts'
import { loadPlugin } from '../load/load-plugin.ts'
import { isFolder } from '../load/specifier.ts'
import type { InstallationState } from './installation.ts'

/**
 * Returns the specifier of a plugin, which may be given by its id when it is installed, was removed with `--keep`, or
 * is listed in `rapport.config.ts`. Returns a text that is no such id unchanged, as it may be the name of a package.
 * @param from Root folder of the installation.
 */
export async function findSpecifier(
  given: string,
  { rows, listed }: Pick<InstallationState, 'rows' | 'listed'>,
  from: string,
): Promise<string> {
  if (isFolder(given) || listed.includes(given) || !PLUGIN_ID.test(given)) return given
  const row = rows.find(({ id }) => id === given)
  if (row) return row.source
  for (const source of listed) if ((await idOf(source, from)) === given) return source
  return given
}

/** Returns the id of a listed plugin; null when it can't be loaded, or does more on import than declare its parts. */
async function idOf(source: string, from: string): Promise<string | null> {
  const findings = await inspectImport(source, from).catch(() => null)
  if (findings === null || findings.length > 0) return null
  return loadPlugin(source, from).then(
    ({ plugin }) => plugin.id,
    () => null,
  )
}
