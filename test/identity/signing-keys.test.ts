import { calculateJwkThumbprint } from 'jose'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AuthenticationError } from '../../src/platform/identity/identity-errors.ts'
import { rotateSigningKeys } from '../../src/platform/identity/sessions/signing-key-store.ts'
import { openSigningKeys } from '../../src/platform/identity/sessions/signing-keys.ts'
import { issueToken, verifyToken } from '../../src/platform/identity/sessions/tokens.ts'
import { type AccessDatabase, createAccessDatabase } from './access-database.ts'
import { ACTOR_ID, WORKSPACE_ID } from './forge.ts'

let database: AccessDatabase
let owner: pg.Pool

beforeEach(async () => {
  database = await createAccessDatabase()
  owner = database.ownerPool
  // The clocks of this node stand still and the tests move them; the clock of the database and its connections run on.
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.now() })
})
afterEach(async () => {
  vi.useRealTimers()
  await database.drop()
})

const request = { workspaceId: WORKSPACE_ID, actorId: ACTOR_ID }

function passSeconds(seconds: number): void {
  vi.advanceTimersByTime(seconds * 1000)
}

async function storedKeys(): Promise<{ kid: string; retired: boolean; isPrivate: boolean }[]> {
  const { rows } = await owner.query(
    `select kid, retired_at is not null as retired, private_jwk ? 'd' as "isPrivate" from signing_keys order by created_at`,
  )
  return rows
}

describe('the first start of an installation', () => {
  test('creates one signing key, which the next start finds', async () => {
    const first = await (await openSigningKeys(owner)).current()
    const second = await (await openSigningKeys(owner)).current()
    expect(second.kid).toBe(first.kid)
    expect(await storedKeys()).toEqual([{ kid: first.kid, retired: false, isPrivate: true }])
  })

  test('creates one signing key for all nodes when eight nodes start at once', async () => {
    const pools = Array.from({ length: 8 }, () => new pg.Pool({ connectionString: database.url, max: 2 }))
    try {
      await Promise.all(pools.map((pool) => pool.query('select 1')))
      const nodes = await Promise.all(pools.map(openSigningKeys))
      const kids = await Promise.all(nodes.map(async (node) => (await node.current()).kid))
      expect(new Set(kids).size).toBe(1)
      expect(await storedKeys()).toHaveLength(1)
    } finally {
      await Promise.all(pools.map((pool) => pool.end()))
    }
  })
})

describe('the signing keys', () => {
  test('are published without the private half, and named by their RFC 7638 thumbprint', async () => {
    const keys = await openSigningKeys(owner)
    const [jwk, ...others] = (await keys.publicJwks()).keys
    expect(others).toEqual([])
    expect(Object.keys(jwk ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    expect(jwk).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: (await keys.current()).kid })
    expect(await calculateJwkThumbprint(jwk ?? {})).toBe(jwk?.kid)
  })

  test('are in a table that the server’s database role may not read', async () => {
    await openSigningKeys(owner)
    for (const statement of ['select kid from signing_keys', 'delete from signing_keys']) {
      await expect(database.app.query(statement)).rejects.toThrow(/permission denied/)
    }
  })

  test('have a private half that code can’t export', async () => {
    const { privateKey } = await (await openSigningKeys(owner)).current()
    expect(privateKey.extractable).toBe(false)
  })
})

describe('rotating the signing keys', () => {
  test('is noticed by a running node at the first token that is signed with the new key', async () => {
    const node = await openSigningKeys(owner)
    const before = await issueToken(node, request)
    const kid = await rotateSigningKeys(owner)
    const elsewhere = await openSigningKeys(owner)
    expect((await elsewhere.current()).kid).toBe(kid)
    await expect(verifyToken(node, await issueToken(elsewhere, request))).resolves.toMatchObject({ actorId: ACTOR_ID })
    await expect(verifyToken(node, before)).resolves.toMatchObject({ actorId: ACTOR_ID })
    await expect(verifyToken(elsewhere, before)).resolves.toMatchObject({ actorId: ACTOR_ID })
    expect((await node.current()).kid).toBe(kid)
  })

  test('is noticed within half a minute by a node that gets no token, and published within seconds', async () => {
    const node = await openSigningKeys(owner)
    const old = (await node.current()).kid
    const kid = await rotateSigningKeys(owner)
    passSeconds(2)
    expect((await node.publicJwks()).keys.map((jwk) => jwk.kid)).toEqual([kid, old])
    const next = await rotateSigningKeys(owner)
    passSeconds(31)
    expect((await node.current()).kid).toBe(next)
  })

  test('deletes the private half of the retired key', async () => {
    const old = (await (await openSigningKeys(owner)).current()).kid
    const kid = await rotateSigningKeys(owner)
    expect(await storedKeys()).toEqual([
      { kid: old, retired: true, isPrivate: false },
      { kid, retired: false, isPrivate: true },
    ])
  })

  test('keeps a retired key until every token that it signed has expired, and then deletes it', async () => {
    const node = await openSigningKeys(owner)
    const old = await node.current()
    const kid = await rotateSigningKeys(owner)
    await retireEarlier('24 hours')
    const stillThere = await openSigningKeys(owner)
    expect((await stillThere.publicJwks()).keys).toHaveLength(2)
    expect(await stillThere.find(old.kid)).not.toBeNull()

    await retireEarlier('2 minutes')
    passSeconds(31)
    expect(await stillThere.find(old.kid)).toBeNull()
    expect((await stillThere.publicJwks()).keys.map((jwk) => jwk.kid)).toEqual([kid])
    await rotateSigningKeys(owner)
    expect((await storedKeys()).map((stored) => stored.kid)).not.toContain(old.kid)
  })

  test('invalidates every token of the old key when that key is given as compromised', async () => {
    const node = await openSigningKeys(owner)
    const token = await issueToken(node, request)
    await rotateSigningKeys(owner, { compromised: true })
    expect(await storedKeys()).toHaveLength(1)
    passSeconds(31)
    await expect(verifyToken(node, token)).rejects.toBeInstanceOf(AuthenticationError)
    await expect(verifyToken(node, await issueToken(node, request))).resolves.toBeDefined()
  })

  test('five times at once leaves one current key and retires the others', async () => {
    await openSigningKeys(owner)
    await Promise.all(Array.from({ length: 5 }, () => rotateSigningKeys(owner)))
    const stored = await storedKeys()
    expect(stored).toHaveLength(6)
    expect(stored.filter((key) => !key.retired)).toHaveLength(1)
  })

  async function retireEarlier(interval: string): Promise<void> {
    await owner.query('update signing_keys set retired_at = retired_at - $1::interval where retired_at is not null', [
      interval,
    ])
  }
})

describe('tokens that name an unknown signing key', () => {
  test('cause one query in three seconds, however many names they try', async () => {
    const node = await openSigningKeys(owner)
    const queries = vi.spyOn(owner, 'query')
    const invented = Array.from({ length: 200 }, (_, index) => `${index}`.padStart(43, 'x'))
    expect(await Promise.all(invented.map((kid) => node.find(kid)))).toEqual(invented.map(() => null))
    expect(queries).toHaveBeenCalledTimes(1)
    passSeconds(4)
    expect(await node.find('y'.repeat(43))).toBeNull()
    expect(queries).toHaveBeenCalledTimes(2)
  })

  test('cause no query when the name is malformed', async () => {
    const node = await openSigningKeys(owner)
    const queries = vi.spyOn(owner, 'query')
    for (const kid of ['', '../../etc/passwd', '__proto__', 'x'.repeat(44), "' or true --"]) {
      expect(await node.find(kid)).toBeNull()
    }
    expect(queries).not.toHaveBeenCalled()
  })

  test('are refused for a few seconds at most when the key has just been created', async () => {
    const node = await openSigningKeys(owner)
    await node.find('z'.repeat(43))
    await rotateSigningKeys(owner)
    const token = await issueToken(await openSigningKeys(owner), request)
    await expect(verifyToken(node, token)).rejects.toBeInstanceOf(AuthenticationError)
    passSeconds(4)
    await expect(verifyToken(node, token)).resolves.toBeDefined()
  })
})
