import { readdir, rm } from 'node:fs/promises'
import pino from 'pino'
import { startEmbeddedPostgres } from '../../src/platform/data/embedded/embedded-postgres.ts'
import { type Cluster, startInstalledPostgres } from './installed.ts'

const INSTALLED = '/usr/lib/postgresql'

/**
 * Returns the PostgreSQL of BENCH_DATABASE_URL. Without it, starts the newest installed PostgreSQL with its data in
 * `home`, or the embedded one when none is installed. Data that an earlier run has kept in `home` is used again.
 * @param adminUrl the value of BENCH_DATABASE_URL
 */
export async function openCluster(home: string, adminUrl: string | undefined): Promise<Cluster> {
  if (adminUrl) return { adminUrl, source: 'BENCH_DATABASE_URL', stop: async () => undefined }
  const binaries = await newestInstalled()
  if (binaries) return startInstalledPostgres(home, binaries)
  const embedded = await startEmbeddedPostgres({
    home,
    log: pino({ level: 'warn' }, pino.destination(2)),
    title: 'npm run bench',
  })
  return {
    adminUrl: embedded.url,
    source:
      'embedded (no PostgreSQL is installed and BENCH_DATABASE_URL is not set; its settings are those of npm start)',
    async stop({ keep }) {
      await embedded.stop()
      if (!keep) await rm(home, { recursive: true, force: true })
    },
  }
}

/** Returns the folder with the programs of the newest PostgreSQL that is installed by Debian's packages, or null. */
async function newestInstalled(): Promise<string | null> {
  const versions = (await readdir(INSTALLED).catch(() => []))
    .filter((name) => /^\d+$/.test(name))
    .sort((one, other) => Number(other) - Number(one))
  return versions[0] ? `${INSTALLED}/${versions[0]}/bin` : null
}
