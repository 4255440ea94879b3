import pino from 'pino'
import { createApp } from '../../src/app.ts'
import { PRODUCTION } from '../../src/server/server-settings.ts'
import type { ServerSetup } from './protocol.ts'
import { serve } from './serve.ts'

// Runs Rapport like `rapport start` with DATABASE_URL. Rates are counted as in production, but they are so high that
// they are never used up.
const settings = { ...PRODUCTION, rates: { requests: 1e12, points: 1e15, refusedCredentials: 100, routeRequests: 600 } }
await serve(async ({ databaseUrl, poolSize }: ServerSetup) => {
  const app = await createApp({ databaseUrl, poolSize, settings, log: pino({ level: 'info' }, pino.destination(2)) })
  const { url } = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => app.close() }
})
