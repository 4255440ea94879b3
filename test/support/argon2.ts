import crypto, { type Argon2Parameters } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { vi } from 'vitest'

const argon2 = vi.spyOn(crypto, 'argon2')
// Modules that import `argon2` after this one get the spy, so a test file has to import this file first.
syncBuiltinESMExports()

/** Forgets the password hashes that were computed so far. */
export function forgetHashes(): void {
  argon2.mockClear()
}

/** Returns the parameters of the password hashes that this process has computed. */
export function computedHashes(): Argon2Parameters[] {
  return argon2.mock.calls.map(([, parameters]) => parameters)
}

/** Whether a hash was computed to check the password of a user who has none: its salt is constant. */
export function isDummy({ nonce }: Argon2Parameters): boolean {
  return Buffer.isBuffer(nonce) && nonce.every((byte) => byte === 0)
}
