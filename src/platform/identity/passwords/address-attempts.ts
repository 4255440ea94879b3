import { isIPv6 } from 'node:net'
import { tooManyAttempts } from '../identity-errors.ts'

/** Wrong passwords by network address, in the memory of this node. */
export interface AddressAttempts {
  /** Counts an attempt, before it is looked at. Throws NotNowError when there were too many. */
  begin(address: string | null): void
  /** Takes an attempt back that was right. */
  succeed(address: string | null): void
}

const FREE_ATTEMPTS = 30
const WINDOW_MS = 15 * 60 * 1000
// So that nobody fills the memory from ever new addresses.
const MAX_ADDRESSES = 10_000

/** Bounds the wrong passwords of one address to 30 in 15 minutes: who tries many users is not stopped by what each allows. */
export function countAddressAttempts(now: () => number = () => performance.now()): AddressAttempts {
  const windows = new Map<string, { readonly endsAt: number; count: number }>()

  function windowOf(key: string): { readonly endsAt: number; count: number } {
    const known = windows.get(key)
    if (known && known.endsAt > now()) return known
    const fresh = { endsAt: now() + WINDOW_MS, count: 0 }
    // Begun last, forgotten last.
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

/** An IPv6 address by its /64, which one subscriber has whole; any other as it is. */
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
