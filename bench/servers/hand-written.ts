import { createServer, type IncomingMessage } from 'node:http'
import pg from 'pg'
import { uuidv7 } from 'uuidv7'
import { createAuthenticator } from './authenticate.ts'
import { STATEMENTS } from './hand-written.sql.ts'
import type { ServerSetup } from './protocol.ts'
import { serve } from './serve.ts'

// A server without a framework and without GraphQL. For each case it has one statement, which returns the JSON text of
// the response.
await serve(async ({ databaseUrl, poolSize, jwks }: ServerSetup) => {
  const authenticate = createAuthenticator(jwks)
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    options: '-c role=rapport_app -c timezone=UTC',
    max: poolSize,
    pipeline: true,
  })
  pool.on('error', () => undefined)

  async function respond(request: IncomingMessage): Promise<string> {
    const { workspaceId, actorId } = await authenticate(request.headers.authorization)
    const input: Record<string, unknown> = JSON.parse(await bodyOf(request))
    const statement = STATEMENTS[request.url ?? '']
    if (!statement) throw new Error(`There is no statement for ${request.url}.`)
    const values = statement.values(input, { workspaceId, actorId, newId: uuidv7 })
    const client = await pool.connect()
    try {
      // One round trip: all statements are sent together, and their results arrive in order.
      const [, result] = await Promise.all([
        client.query(`begin; select set_config('app.workspace_id', '${workspaceId}', true)`),
        client.query<{ answer: string | null }>({
          name: statement.isPrepared ? request.url : undefined,
          text: statement.text,
          values,
        }),
        client.query('commit'),
      ])
      client.release()
      return result.rows[0]?.answer ?? 'null'
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  const server = createServer((request, response) => {
    respond(request).then(
      (text) =>
        response
          .writeHead(200, {
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(text),
          })
          .end(text),
      (error: unknown) => response.writeHead(500).end(JSON.stringify({ errors: [String(error)] })),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pool.end()
    },
  }
})

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.on('error', reject)
  })
}
