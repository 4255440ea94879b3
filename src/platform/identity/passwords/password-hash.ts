import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { limitConcurrency } from '../../async/limit-concurrency.ts'
import { tooBusy } from '../identity-errors.ts'

/** OWASP's first recommendation for Argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const SALT_BYTES = 16
const HASH_BYTES = 32

/**
 * Limits how many hashes are computed at once. Each hash occupies a thread of Node's pool for tens of milliseconds, and
 * files, DNS look-ups and signatures need some of its four default threads too.
 */
const limited = limitConcurrency(2, 100, tooBusy)

const derive = promisify(argon2)

/**
 * Returns the hash of a password as the database stores it, in the PHC string format.
 * @throws RetryLaterError when too many hashes are already waiting.
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await hashOf(password, salt, { memory: MEMORY_KIB, passes: PASSES, parallelism: LANES }, HASH_BYTES)
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(salt)}$${unpadded(hash)}`
}

const PHC = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

// The hash that a password is compared with when the user has no password. Nobody knows a password for this hash, and
// finding one is as hard as for any other hash.
const DUMMY_HASH = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${'A'.repeat(22)}$${'A'.repeat(43)}`

/**
 * Returns whether the hash belongs to the password, computed with the parameters that the hash itself names. `stored`
 * is null for a user who does not exist or has no password: the check then does the same work with a hash that no known
 * password has, and returns false.
 * @throws RetryLaterError when too many hashes are already waiting.
 * @throws Error when `stored` is not an Argon2id hash in the PHC string format.
 */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [, memory, passes, parallelism, salt, hash] = PHC.exec(stored ?? DUMMY_HASH) ?? []
  if (salt === undefined || hash === undefined)
    throw new Error('A hash in the table passwords is not Argon2id in the PHC string format.')
  const expected = Buffer.from(hash, 'base64')
  const costs = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const actual = await hashOf(password, Buffer.from(salt, 'base64'), costs, expected.length)
  return timingSafeEqual(actual, expected) && stored !== null
}

type Costs = Pick<Argon2Parameters, 'memory' | 'passes' | 'parallelism'>

function hashOf(password: string, nonce: Buffer, costs: Costs, tagLength: number): Promise<Buffer> {
  // The callback form of `argon2` computes on another thread, unlike `argon2Sync`.
  return limited(() => derive('argon2id', { ...costs, message: password, nonce, tagLength }))
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
