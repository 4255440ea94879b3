import { readdir, rm } from 'node:fs/promises'
import pino from 'pino'
import { startEmbeddedPostgres } from '../../src/platform/data/embedded/embedded-postgres.ts'
import { type Cluster, startInstalledPostgres } from './installed.ts'

const INSTALLED = '/usr/lib/postgresql'

/**
 * The PostgreSQL of BENCH_DATABASE_URL, else an installed one started in `home`, else the embedded one. What `home` holds
 * of an earlier run is used again.
 */
export async function openCluster(home: string, given: string | undefined): Promise<Cluster> {
  if (given) return { adminUrl: given, source: 'BENCH_DATABASE_URL', stop: async () => undefined }
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

/** Folder of the programs of the newest PostgreSQL that Debian's packages have installed, or null. */
async function newestInstalled(): Promise<string | null> {
  const versions = (await readdir(INSTALLED).catch(() => []))
    .filter((name) => /^\d+$/.test(name))
    .sort((one, other) => Number(other) - Number(one))
  return versions[0] ? `${INSTALLED}/${versions[0]}/bin` : null
}
