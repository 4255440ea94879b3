import { join } from 'node:path'
import config from '../../rapport.config.ts'
import { createApp } from '../../src/app.ts'
import { loadPlugin } from '../../src/platform/plugins/load/load-plugin.ts'

/** Time and memory of a start of the server with a number of plugins, measured in a process of its own. */
export interface Boot {
  /** Time for loading the plugins, creating the app and preparing Prisma Client, in ms, without importing the server. */
  readonly bootMs: number
  /** Time for preparing Prisma Client, in ms: most of it another process computes. */
  readonly preparedMs: number
  /** CPU time of this process for preparing Prisma Client, in ms, without the other process. */
  readonly prismaMs: number
  /** Memory of the process after a garbage collection, in MB. */
  readonly rssMb: number
  readonly heapMb: number
  /** Memory of the heap and outside of it that Prisma Client has added, in MB. */
  readonly prismaMb: number
}

const [databaseUrl = '', count = '0'] = process.argv.slice(2)
const root = join(import.meta.dirname, '../..')
const startedAt = performance.now()
const usable = await Promise.all(config.plugins.slice(0, Number(count)).map((folder) => loadPlugin(folder, root)))
const app = await createApp({ databaseUrl, willPrepare: true, plugins: async () => ({ usable, refused: [] }) })
const createdAt = performance.now()
const before = usedMemory()
const [resumedAt, cpu] = [performance.now(), process.cpuUsage()]
await app.prepare()
const { user, system } = process.cpuUsage(cpu)
const preparedAt = performance.now()
const after = usedMemory()
const { rss, heapUsed } = process.memoryUsage()
const boot: Boot = {
  bootMs: createdAt - startedAt + (preparedAt - resumedAt),
  preparedMs: preparedAt - resumedAt,
  prismaMs: (user + system) / 1_000,
  rssMb: rss / 2 ** 20,
  heapMb: heapUsed / 2 ** 20,
  prismaMb: (after - before) / 2 ** 20,
}
process.stdout.write(JSON.stringify(boot))
await app.close()

/** Returns the bytes of the heap, and of buffers and WebAssembly outside of it, after a garbage collection. */
function usedMemory(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
