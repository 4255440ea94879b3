import { BlockList, isIP } from 'node:net'
import type { RequestOrigin } from '../platform/request/origin.ts'

/** Tells where a request came from, by its headers and the address at the other end of its socket. */
export type OriginOf = (
  headers: { get(name: string): string | null },
  remoteAddress: string | null | undefined,
) => RequestOrigin

const MAX_USER_AGENT = 500
/** Proxies that one request comes through at most. */
const MAX_HOPS = 20

/**
 * The address is the socket's. Where that is a proxy's that the operator trusts (addresses or CIDR ranges), it is the last one
 * in X-Forwarded-For that is no trusted proxy: what stands before it could have been written by anybody.
 * @throws Error for a range that is none.
 */
export function originsBehind(trustedProxies: readonly string[]): OriginOf {
  const trusted = new BlockList()
  for (const text of trustedProxies) {
    const range = parseRange(text)
    if (!range) throw new Error(`${JSON.stringify(text)} is neither an IP address nor a CIDR range.`)
    trusted.addSubnet(range.address, range.prefix, range.family)
  }
  const isTrusted = (address: string) => trusted.check(address, familyOf(address))
  return (headers, remoteAddress) => ({
    ipAddress: addressOf(
      remoteAddress ?? '',
      trustedProxies.length > 0 ? headers.get('x-forwarded-for') : null,
      isTrusted,
    ),
    userAgent: headers.get('user-agent')?.slice(0, MAX_USER_AGENT) || null,
  })
}

/** An IP address or a CIDR range, taken apart; null for what is neither. */
export function parseRange(
  text: string,
): { readonly address: string; readonly prefix: number; readonly family: 'ipv4' | 'ipv6' } | null {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  if (isIP(address) === 0 || address.includes('%')) return null
  const family = familyOf(address)
  const longest = family === 'ipv4' ? 32 : 128
  const prefix = bits === undefined ? longest : Number(bits)
  return prefix <= longest ? { address, prefix, family } : null
}

function addressOf(
  remoteAddress: string,
  forwardedFor: string | null,
  isTrusted: (address: string) => boolean,
): string | null {
  let address = plainAddress(remoteAddress)
  if (address === null || forwardedFor === null) return address
  for (const hop of forwardedFor.split(',').slice(-MAX_HOPS).reverse()) {
    if (!isTrusted(address)) return address
    const before = plainAddress(hop.trim())
    // A proxy that tells nothing of use is the last that is known.
    if (before === null) return address
    address = before
  }
  return address
}

const WITH_PORT = /^\[([^\]]+)\](?::\d+)?$|^(\d+\.\d+\.\d+\.\d+):\d+$/
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** An address without port and zone, an IPv4 one as such; null for what is none. */
function plainAddress(text: string): string | null {
  const [, bracketed, dotted] = WITH_PORT.exec(text) ?? []
  const [address = ''] = (bracketed ?? dotted ?? text).split('%')
  const plain = MAPPED.exec(address)?.[1] ?? address
  return isIP(plain) === 0 ? null : plain.toLowerCase()
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
