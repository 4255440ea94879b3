// First: it replaces a function of Node's that the other modules take when they are imported.
import '../support/argon2.ts'

import { describe, expect, test } from 'vitest'
import { limitConcurrency } from '../../src/platform/async/limit-concurrency.ts'
import { PasswordError, RetryLaterError, tooBusy } from '../../src/platform/identity/identity-errors.ts'
import { countAddressAttempts } from '../../src/platform/identity/passwords/address-attempts.ts'
import { hashPassword, isPassword } from '../../src/platform/identity/passwords/password-hash.ts'
import { requireGoodPassword } from '../../src/platform/identity/passwords/password-rules.ts'
import { computedHashes, forgetHashes } from '../support/argon2.ts'

const ada = { email: 'ada.lovelace@acme.example', displayName: 'Ada Lovelace', workspace: ['acme', 'Acme Ltd'] }

describe('a password hash', () => {
  test('is salted, and matches only the password that it was made from', async () => {
    const [one, other] = await Promise.all([hashPassword('tafel wolke'), hashPassword('tafel wolke')])
    expect(one).not.toBe(other)
    expect(await isPassword('tafel wolke', one)).toBe(true)
    expect(await isPassword('tafel wolke', other)).toBe(true)
    for (const wrong of ['tafel wolk', 'tafel wolke ', 'Tafel wolke', ''])
      expect(await isPassword(wrong, one)).toBe(false)
  })

  test('is checked with the parameters that it contains', async () => {
    // A test vector of the reference implementation.
    const stored = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
    expect(await isPassword('password', stored)).toBe(true)
    expect(await isPassword('passwore', stored)).toBe(false)
  })

  test('of a user without a password is checked with as much work as a real one, and never matches', async () => {
    forgetHashes()
    expect(await isPassword('', null)).toBe(false)
    await isPassword('x', await hashPassword('tafel wolke'))
    const costs = computedHashes().map(({ message: _, nonce, ...rest }) => [Buffer.byteLength(String(nonce)) > 0, rest])
    const [ofNobody, , ofSomebody] = costs
    expect(ofNobody).toEqual(ofSomebody)
    expect(ofNobody).toEqual([true, { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 }])
    await expect(isPassword('x', '$2b$10$abc')).rejects.toThrow('table passwords')
  })
})

describe('simultaneous password checks', () => {
  test('run up to a first limit, wait beyond it up to a second limit, and are refused beyond the second', async () => {
    const limited = limitConcurrency(2, 3, tooBusy)
    let running = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running--
    }
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => limited(work)))
    expect(most).toBe(2)
    expect(outcomes.map(({ status }) => status).filter((status) => status === 'fulfilled')).toHaveLength(5)
    await expect(limited(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    await expect(limited(async () => 'next')).resolves.toBe('next')
  })
})

describe('a password', () => {
  test.each([
    'tafel wolke zimt',
    'correct horse battery',
    'x9$kL2mQ8#vR4tZ',
    '日本語の長いパスワードですよね、本当に',
    'ada hates 7 green umbrellas',
    'vK'.padEnd(200, 'zw3Qp8'),
  ])('is accepted: %s', async (password) => {
    await expect(requireGoodPassword(password, ada)).resolves.toBe(password.normalize('NFKC'))
  })

  test.each([
    ['fourteen chars', 'PASSWORD_TOO_SHORT'],
    ['🔑'.repeat(14), 'PASSWORD_TOO_SHORT'],
    ['', 'PASSWORD_TOO_SHORT'],
    ['x'.repeat(201), 'PASSWORD_TOO_LONG'],
    ['passwordpassword', 'PASSWORD_GUESSABLE'],
    ['123456789012345', 'PASSWORD_GUESSABLE'],
    ['qwertyuiopasdfgh', 'PASSWORD_GUESSABLE'],
    ['aaaaaaaaaaaaaaaaaaaa', 'PASSWORD_GUESSABLE'],
    ['P@ssw0rdP@ssw0rd', 'PASSWORD_GUESSABLE'],
    ['ada.lovelace@acme.example', 'PASSWORD_GUESSABLE'],
    ['ADA.LOVELACE@ACME.EXAMPLE', 'PASSWORD_GUESSABLE'],
    ['AdaLovelaceAcme', 'PASSWORD_GUESSABLE'],
    ['Ada Lovelace, Acme 2026', 'PASSWORD_GUESSABLE'],
  ])('is refused: %s', async (password, code) => {
    const refusal = await requireGoodPassword(password, ada).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(PasswordError)
    expect(refusal).toMatchObject({ code })
  })

  test('is checked in less than a second, whatever its text', async () => {
    const begun = performance.now()
    for (const password of ['(a1'.repeat(66), 'p@ssw0rd'.repeat(25), '12.12.2012'.repeat(20)])
      await requireGoodPassword(password, ada).catch(() => undefined)
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})

describe('sign-in attempts of one network address', () => {
  test('are refused after 30 attempts without success in 15 minutes', () => {
    let now = 0
    const attempts = countAddressAttempts(() => now)
    for (let count = 0; count < 100; count++) {
      attempts.begin('192.0.2.1')
      attempts.succeed('192.0.2.1')
    }
    for (let count = 0; count < 30; count++) attempts.begin('192.0.2.1')
    now = 60_000
    expect(() => attempts.begin('192.0.2.1')).toThrow(RetryLaterError)
    expect(() => attempts.begin('192.0.2.1')).toThrow('840 seconds')
    attempts.begin('192.0.2.2')
    attempts.begin(null)
    now = 15 * 60_000
    attempts.begin('192.0.2.1')
  })

  test('are counted together for a whole /64 of IPv6', () => {
    const attempts = countAddressAttempts(() => 0)
    for (let count = 0; count < 30; count++) attempts.begin(`2001:db8:0:1::${count.toString(16)}`)
    expect(() => attempts.begin('2001:db8:0:1:ffff:ffff:ffff:ffff')).toThrow(RetryLaterError)
    expect(() => attempts.begin('2001:0db8::1:0:0:0:1')).toThrow(RetryLaterError)
    attempts.begin('2001:db8:0:2::1')
    attempts.begin('::1')
  })
})
