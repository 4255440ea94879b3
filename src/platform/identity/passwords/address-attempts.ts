import { isIPv6 } from 'node:net'
import { tooManyAttempts } from '../identity-errors.ts'

/** Counts wrong passwords per network address, in the memory of this node. */
export interface AddressAttempts {
  /** Counts an attempt before its password is checked. Throws RetryLaterError when the address has made too many. */
  begin(address: string | null): void
  /** Subtracts an attempt from the count again, because its password was right. */
  succeed(address: string | null): void
}

const FREE_ATTEMPTS = 30
const WINDOW_MS = 15 * 60 * 1000
// Bounds the memory when attempts come from ever new addresses.
const MAX_ADDRESSES = 10_000

/**
 * Limits one address to 30 wrong passwords in 15 minutes. It stops an attacker who tries many users, whom the limit per
 * user does not stop.
 */
export function countAddressAttempts(now: () => number = () => performance.now()): AddressAttempts {
  const windows = new Map<string, { readonly endsAt: number; count: number }>()

  function windowOf(key: string): { readonly endsAt: number; count: number } {
    const current = windows.get(key)
    if (current && current.endsAt > now()) return current
    const fresh = { endsAt: now() + WINDOW_MS, count: 0 }
    // Deleted and added again, so that the new window comes last in the map. The first window of the map is the oldest.
    windows.delete(key)
    windows.set(key, fresh)
    const [oldest] = windows.keys()
    if (windows.size > MAX_ADDRESSES && oldest !== undefined) windows.delete(oldest)
    return fresh
  }

  return {
    begin(address) {
      if (address === null) return
      const window = windowOf(networkOf(address))
      if (window.count >= FREE_ATTEMPTS) throw tooManyAttempts(Math.ceil((window.endsAt - now()) / 1000))
      window.count++
    },
    succeed(address) {
      if (address === null) return
      const window = windows.get(networkOf(address))
      if (window && window.count > 0) window.count--
    },
  }
}

/**
 * Returns the network that an address is counted by: the /64 prefix of an IPv6 address, because one subscriber has a
 * whole /64, and any other address unchanged. An IPv4-mapped IPv6 address counts as its IPv4 address.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::')
  const before = head.split(':').filter((group) => group !== '')
  const after = (tail ?? '').split(':').filter((group) => group !== '')
  const missing = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...after]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
