import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PRODUCTION } from '../../src/server/server-settings.ts'
import { at } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { codeOf, postJson } from '../support/post.ts'
import { openSocket, type TestSocket } from '../support/socket.ts'
import { ATTACKS, type Attack } from './attacks.ts'

let app: TestApp
let socket: TestSocket

beforeAll(async () => {
  app = await createTestApp({ settings: PRODUCTION })
  socket = await openSocket((await app.listen()).webSocketUrl)
  socket.send({ type: 'connection_init', payload: { Authorization: `Bearer ${app.as('member').token}` } })
  await socket.next()
})
afterAll(async () => {
  socket.close()
  await app.close()
})

/** The expected `extensions` of the error, with any count. */
function errorOf({ code, limit }: Attack): unknown {
  if (limit === undefined) return { code }
  return { code, limit, allowed: PRODUCTION.limits[limit], count: expect.any(Number) }
}

describe('a request beyond the limits is refused before anything is executed', () => {
  it.each(ATTACKS.map((attack) => [attack.name, attack] as const))('%s', async (_, attack) => {
    app.resetStatements()
    const answer = await postJson(app, attack.body)
    expect(at(answer.json, 'errors.0.extensions')).toEqual(errorOf(attack))
    expect([at(answer.json, 'data'), app.statements]).toEqual([attack.data, []])
    if (attack.limit !== undefined)
      expect(at(answer.json, 'errors.0.extensions.count')).toBeGreaterThan(PRODUCTION.limits[attack.limit])
  })

  it.each(ATTACKS.map((attack) => [attack.name, attack] as const))('%s, over WebSocket', async (_, attack) => {
    app.resetStatements()
    socket.sendText(`{"type":"subscribe","id":${JSON.stringify(attack.name)},"payload":${attack.body}}`)
    const message = await socket.next()
    const path = at(message, 'type') === 'next' ? 'payload.errors.0.extensions' : 'payload.0.extensions'
    expect([at(message, 'id'), at(message, path), app.statements]).toEqual([attack.name, errorOf(attack), []])
    if (at(message, 'type') === 'next') await socket.next()
  })
})

describe('the limits', () => {
  const levels = (depth: number) =>
    `{ ${'... on Query { '.repeat(10)}${'account(id: "x") { parent { '.repeat(1)}${'parent { '.repeat(depth - 3)}id${' }'.repeat(depth - 3)} } }${' }'.repeat(10)} }`

  it('count the depth in fields, not in brackets', async () => {
    expect(codeOf(await postJson(app, { query: levels(PRODUCTION.limits.depth) }))).toBe(undefined)
    const tooDeep = await postJson(app, { query: levels(PRODUCTION.limits.depth + 1) })
    expect([codeOf(tooDeep), at(tooDeep.json, 'errors.0.extensions.count')]).toEqual(['QUERY_TOO_COMPLEX', 16])
  })

  it('allow 40 fragments that several lists share, and 15 aliases of one field', async () => {
    const parts = Array.from(
      { length: 40 },
      (_, n) => `fragment part${n} on Account { id name owner { id displayName } }`,
    )
    const spreads = parts.map((_, n) => `...part${n}`).join(' ')
    const names = Array.from({ length: 15 }, (_, n) => `list${n}: accounts(first: ${n + 1}) { nodes { ${spreads} } }`)
    const { json } = await postJson(app, { query: `{ ${names.slice(0, 5).join(' ')} } ${parts.join(' ')}` })
    expect(at(json, 'errors')).toBe(undefined)
    const short = names.map((name) => name.replace(spreads, '...part0'))
    const fifteen = await postJson(app, { query: `{ ${short.join(' ')} } ${parts[0]}` })
    expect([at(fifteen.json, 'errors'), at(fifteen.json, 'data.list14')]).toEqual([undefined, { nodes: [] }])
  })

  it('can be set in the server settings', async () => {
    const { limits } = PRODUCTION
    const strict = await createTestApp({
      settings: { ...PRODUCTION, limits: { ...limits, depth: 2, cost: 30, rootFields: 2 } },
    })
    try {
      const ask = async (query: string) => at((await postJson(strict, { query })).json, 'errors.0.extensions.limit')
      expect([
        await ask('{ accounts { totalCount } }'),
        await ask('{ accounts { nodes { id } } }'),
        await ask('{ accounts(search: "x") { totalCount } tasks { totalCount } }'),
        await ask('{ a: __typename b: __typename c: __typename }'),
      ]).toEqual([undefined, 'depth', 'cost', 'rootFields'])
    } finally {
      await strict.close()
    }
  })
})
