import { createApp } from '../../src/app.ts'
import { loadedForTest } from '../../src/testing/install.ts'
import { generatePlugins } from './generate.ts'

/** What a start of the server costs with so many plugins, in a process of its own. */
export interface Boot {
  /** From the first statement until requests are answered, in ms; the imports of the server are not in it. */
  readonly bootMs: number
  /** The first request of a workspace with all plugins, which composes its schema. */
  readonly firstRequestMs: number
  readonly nextRequestMs: number
  /** Memory of the process after a collection, in MB. */
  readonly rssMb: number
  readonly heapMb: number
}

const [databaseUrl = '', token = '', count = '0'] = process.argv.slice(2)
const plugins = generatePlugins(Number(count))
const began = performance.now()
const usable = await loadedForTest(plugins)
const app = await createApp({ databaseUrl, plugins: async () => ({ usable, refused: [] }) })
const bootMs = performance.now() - began
const firstRequestMs = await ask()
const nextRequestMs = await ask()
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

async function ask(): Promise<number> {
  const started = performance.now()
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
  return performance.now() - started
}
