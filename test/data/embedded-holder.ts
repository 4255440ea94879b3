// A separate process that starts the embedded PostgreSQL of a home folder, prints its URL, and runs until it is killed.
import { pino } from 'pino'
import { startEmbeddedPostgres } from '../../src/platform/data/embedded/embedded-postgres.ts'

const [home] = process.argv.slice(2)
if (home === undefined) throw new Error('Usage: embedded-holder.ts <home>')
const { url } = await startEmbeddedPostgres({ home, log: pino({ level: 'silent' }), durability: 'throwaway' })
process.stdout.write(`${url}\n`)
setInterval(() => undefined, 1_000)
