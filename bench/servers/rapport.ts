import pino from 'pino'
import { createApp } from '../../src/app.ts'
import type { ServerSetup } from './protocol.ts'
import { serve } from './serve.ts'

// As `rapport start` runs it on a PostgreSQL of the operator.
await serve(async ({ databaseUrl, poolSize }: ServerSetup) => {
  const app = await createApp({ databaseUrl, poolSize, log: pino({ level: 'info' }, pino.destination(2)) })
  const { url } = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => app.close() }
})
