import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { abandonedFolders } from '../../platform/data/embedded/data-folder.ts'
import { embeddedPostgresHolder } from '../../platform/data/embedded/embedded-postgres.ts'
import { type Finding, good, problem, warning } from './finding.ts'

const MEBIBYTE = 2 ** 20
const LITTLE_SPACE = 1024 * MEBIBYTE
const NO_SPACE = 128 * MEBIBYTE

/** Looks at the folder of the embedded PostgreSQL. Makes nothing: a home that is not there yet is only reported. */
export async function examineHome(home: string): Promise<{ findings: Finding[]; exists: boolean }> {
  const left = (await abandonedFolders()).map((folder) =>
    warning('Left data', `${folder} holds the database of a home that is gone. Delete it when you do not need it.`),
  )
  if ((await stat(join(home, 'postgres')).catch(() => null)) === null) {
    return { findings: [good('Home', `${home} is not made yet; the first start makes it.`), ...left], exists: false }
  }
  const holder = await embeddedPostgresHolder(home)
  const use = holder === null ? 'nothing runs' : `\`${holder.title}\` runs (pid ${holder.pid})`
  return { findings: [good('Home', `${home}, ${use}.`), await examineSpace(home), ...left], exists: true }
}

async function examineSpace(home: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(join(home, 'postgres'))
  const free = bavail * bsize
  const text = `${Math.floor(free / MEBIBYTE)} MiB free`
  if (free < NO_SPACE) return problem('Disk', `${text}. PostgreSQL stops when it can't write: make room.`)
  if (free < LITTLE_SPACE) return warning('Disk', `${text}. Make room soon.`)
  return good('Disk', `${text}.`)
}
