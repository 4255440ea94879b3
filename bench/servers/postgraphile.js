import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import pg from 'pg'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { jsonPgSmartTags } from 'postgraphile/utils'
import { createAuthenticator } from './authenticate.ts'
import { AggregatesPreset } from './postgraphile.aggregates.js'
import { serve } from './serve.ts'

await serve(async ({ databaseUrl, poolSize, jwks }) => {
  const authenticate = createAuthenticator(jwks)
  // The role is set when the connection is opened, which is cheaper for PostGraphile than setting it for each request.
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    options: '-c role=rapport_app -c timezone=UTC',
    max: poolSize,
  })
  pool.on('error', () => undefined)
  const tags = JSON.parse(readFileSync(new URL('./postgraphile.tags.json', import.meta.url), 'utf8'))
  const instance = postgraphile({
    extends: [PostGraphileAmberPreset, AggregatesPreset],
    plugins: [jsonPgSmartTags(tags)],
    pgServices: [makePgService({ pool, schemas: ['public'] })],
    grafserv: { graphiql: false, graphqlOverGET: false, websockets: false, watch: false },
    grafast: {
      explain: false,
      context: async (request) => {
        const { workspaceId } = await authenticate(request.http?.getHeader('authorization'))
        return { pgSettings: { 'app.workspace_id': workspaceId } }
      },
    },
  })
  const server = createServer()
  await instance.createServ(grafserv).addTo(server)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = server.address()
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(() => resolve(undefined)))
      await instance.release()
      await pool.end()
    },
  }
})
