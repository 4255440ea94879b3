import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type {
  HmacVerification,
  NoVerification,
  OwnVerification,
  StandardWebhooksVerification,
  StripeVerification,
  Verification,
} from '../../declare/routes/verification.ts'

/** A verification that the platform does itself, with a secret of the workspace. */
export type SecretVerification = Exclude<Verification, OwnVerification | NoVerification>

/** What a sender signs or proves. */
export interface SignedMessage {
  /** Returns the value of a header of the request, by its name in lower case, or null. */
  readonly header: (name: string) => string | null
  /** The raw body. */
  readonly bytes: Uint8Array
}

/** Greatest difference between the time of a request and the server's clock, in seconds, unless a route sets another. */
const DEFAULT_TOLERANCE_SECONDS = 300

/** Number of signatures of one header that are compared; senders that change their secret send two. */
const MAX_SIGNATURES = 5

/**
 * Checks that the sender of a message knows the secret. Returns null when it does, otherwise the reason for the log,
 * which contains nothing of the secret or of the message.
 * @param now Time of the server, against which the time of the message is compared.
 */
export function unverifiedReason(
  verification: SecretVerification,
  message: SignedMessage,
  secret: string,
  now: Date,
): string | null {
  switch (verification.scheme) {
    case 'hmac-sha256':
      return hmacReason(verification, message, secret, now)
    case 'stripe':
      return stripeReason(verification, message, secret, now)
    case 'standard-webhooks':
      return standardReason(verification, message, secret, now)
    case 'bearer':
      return tokenReason('authorization', message, /^bearer +(\S+)$/i, (token) => isSameText(token, secret))
    case 'basic':
      return tokenReason('authorization', message, /^basic +(\S+)$/i, (token) =>
        isSameText(Buffer.from(token, 'base64').toString('utf8'), secret),
      )
    case 'header-token':
      return tokenReason(verification.header, message, /^([\s\S]+)$/, (token) => isSameText(token, secret))
  }
}

/** Returns the HMAC-SHA256 of some texts and bytes, one after the other. */
export function hmacSha256(key: string | Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const hmac = createHmac('sha256', key)
  for (const part of parts) hmac.update(part)
  return hmac.digest()
}

/**
 * Returns the bytes of a signing key of Standard Webhooks: base64, with or without `whsec_` before it. Null when it is
 * not base64.
 */
export function standardKey(secret: string): Buffer | null {
  const text = secret.replace(/^whsec_/, '')
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null
}

function hmacReason(
  { header, encoding = 'hex', prefix = '', timestamp }: HmacVerification,
  message: SignedMessage,
  secret: string,
  now: Date,
): string | null {
  const sent = message.header(header)
  if (sent === null) return `the header ${header} is missing`
  if (!sent.startsWith(prefix)) return `the header ${header} does not begin with ${prefix}`
  const time = timestamp ? message.header(timestamp.header) : null
  if (timestamp && time === null) return `the header ${timestamp.header} is missing`
  const timed = time === null ? [] : [`${time}.`]
  if (!isSameSignature(sent.slice(prefix.length), encoding, hmacSha256(secret, ...timed, message.bytes)))
    return 'the signature is wrong'
  return time === null ? null : timeReason(time, timestamp?.toleranceSeconds, now)
}

function stripeReason(
  { toleranceSeconds }: StripeVerification,
  message: SignedMessage,
  secret: string,
  now: Date,
): string | null {
  const sent = message.header('stripe-signature')
  if (sent === null) return 'the header stripe-signature is missing'
  const entries = sent.split(',').map((entry) => entry.trim().split('='))
  const time = entries.find(([name]) => name === 't')?.[1]
  if (time === undefined) return 'the header stripe-signature has no time'
  const signatures = entries.flatMap(([name, value]) => (name === 'v1' && value !== undefined ? [value] : []))
  return signedReason(signatures, 'hex', hmacSha256(secret, `${time}.`, message.bytes), time, toleranceSeconds, now)
}

function standardReason(
  { toleranceSeconds }: StandardWebhooksVerification,
  message: SignedMessage,
  secret: string,
  now: Date,
): string | null {
  const [id, time, sent] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(message.header)
  if (!id || !time || !sent) return 'one of the headers webhook-id, webhook-timestamp and webhook-signature is missing'
  const key = standardKey(secret)
  if (key === null) return 'the secret is not base64: set the signing key as the sender shows it'
  const signatures = sent.split(' ').flatMap((entry) => (entry.startsWith('v1,') ? [entry.slice(3)] : []))
  const expected = hmacSha256(key, `${id}.${time}.`, message.bytes)
  return signedReason(signatures, 'base64', expected, time, toleranceSeconds, now)
}

/** Whether one of the signatures is right and the time is near enough. */
function signedReason(
  signatures: readonly string[],
  encoding: 'hex' | 'base64',
  expected: Buffer,
  time: string,
  toleranceSeconds: number | undefined,
  now: Date,
): string | null {
  const isSigned = signatures.slice(0, MAX_SIGNATURES).some((each) => isSameSignature(each, encoding, expected))
  return isSigned ? timeReason(time, toleranceSeconds, now) : 'the signature is wrong'
}

/** Compares the time of a message, in seconds since 1970, with the server's clock. */
function timeReason(time: string, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS, now: Date): string | null {
  if (!/^\d{1,15}$/.test(time)) return 'the time of the request is not a number of seconds'
  const differenceSeconds = now.getTime() / 1_000 - Number(time)
  return Math.abs(differenceSeconds) <= toleranceSeconds
    ? null
    : `the time of the request differs by ${Math.round(differenceSeconds)} s from the server's clock, and ${toleranceSeconds} s are allowed`
}

function tokenReason(
  header: string,
  message: SignedMessage,
  pattern: RegExp,
  isRight: (token: string) => boolean,
): string | null {
  const sent = message.header(header)
  if (sent === null) return `the header ${header} is missing`
  const token = pattern.exec(sent)?.[1]
  return token !== undefined && isRight(token) ? null : `the value of the header ${header} is wrong`
}

const HEX = /^[0-9a-f]{64}$/i
const BASE64 = /^[A-Za-z0-9+/]{43}=$/

function isSameSignature(sent: string, encoding: 'hex' | 'base64', expected: Buffer): boolean {
  if (!(encoding === 'hex' ? HEX : BASE64).test(sent)) return false
  return timingSafeEqual(Buffer.from(sent, encoding), expected)
}

/** Compares two texts in constant time. Their hashes are compared, because the lengths may differ. */
function isSameText(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return first !== undefined && second !== undefined && timingSafeEqual(first, second)
}
