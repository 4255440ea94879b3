import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { abandonedFolders } from '../../platform/data/embedded/data-folder.ts'
import { embeddedPostgresHolder } from '../../platform/data/embedded/embedded-postgres.ts'
import { type Finding, good, problem, warning } from './finding.ts'

const MEBIBYTE = 2 ** 20
const WARNING_BELOW_BYTES = 1024 * MEBIBYTE
const PROBLEM_BELOW_BYTES = 128 * MEBIBYTE

/**
 * Examines the folder of the embedded PostgreSQL (RAPPORT_HOME), and creates nothing. `exists` in the result is whether
 * the folder contains a database.
 */
export async function examineHome(home: string): Promise<{ findings: Finding[]; exists: boolean }> {
  const abandoned = (await abandonedFolders()).map((folder) =>
    warning(
      'Abandoned data',
      `${folder} is the database of a RAPPORT_HOME that was deleted. Delete it if you do not need it.`,
    ),
  )
  if ((await stat(join(home, 'postgres')).catch(() => null)) === null) {
    return {
      findings: [good('Home', `${home} does not exist yet; the first start creates it.`), ...abandoned],
      exists: false,
    }
  }
  const holder = await embeddedPostgresHolder(home)
  const use = holder === null ? 'not in use' : `in use by \`${holder.title}\` (pid ${holder.pid})`
  return { findings: [good('Home', `${home}, ${use}.`), await examineSpace(home), ...abandoned], exists: true }
}

async function examineSpace(home: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(join(home, 'postgres'))
  const free = bavail * bsize
  const text = `${Math.floor(free / MEBIBYTE)} MiB free`
  if (free < PROBLEM_BELOW_BYTES)
    return problem('Disk', `${text}. PostgreSQL stops when it can't write: free some space now.`)
  if (free < WARNING_BELOW_BYTES) return warning('Disk', `${text}. Free some space.`)
  return good('Disk', `${text}.`)
}
