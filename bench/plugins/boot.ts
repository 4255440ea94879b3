import { createApp } from '../../src/app.ts'
import { loadedForTest } from '../../src/testing/install.ts'
import { generatePlugins } from './generate.ts'

/** Time and memory of a start of the server with a number of plugins, measured in a separate process. */
export interface Boot {
  /**
   * Time for loading the plugins and creating the app, until it accepts requests, in ms. Does not include the time for
   * importing the modules of the server.
   */
  readonly bootMs: number
  /** Time of the first request of a workspace with all plugins, which composes its schema, in ms. */
  readonly firstRequestMs: number
  /** Time of the second, equal request, in ms. */
  readonly nextRequestMs: number
  /** Memory of the process after a garbage collection, in MB. */
  readonly rssMb: number
  readonly heapMb: number
}

const [databaseUrl = '', token = '', count = '0'] = process.argv.slice(2)
const plugins = generatePlugins(Number(count))
const startedAt = performance.now()
const loadedPlugins = await loadedForTest(plugins)
const app = await createApp({ databaseUrl, plugins: async () => ({ usable: loadedPlugins, refused: [] }) })
const bootMs = performance.now() - startedAt
const firstRequestMs = await measureRequest()
const nextRequestMs = await measureRequest()
globalThis.gc?.()
const memory = process.memoryUsage()
const boot: Boot = {
  bootMs,
  firstRequestMs,
  nextRequestMs,
  rssMb: memory.rss / 2 ** 20,
  heapMb: memory.heapUsed / 2 ** 20,
}
process.stdout.write(JSON.stringify(boot))
await app.close()

async function measureRequest(): Promise<number> {
  const sentAt = performance.now()
  const query = `{ accounts(first: 1) { nodes { id ${plugins.length > 0 ? 'bench1ThingAs { totalCount }' : ''} } } }`
  const response = await app.fetch(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    }),
  )
  const answer = await response.text()
  if (answer.includes('"errors"')) throw new Error(answer)
  return performance.now() - sentAt
}
