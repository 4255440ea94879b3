import { BlockList, isIP } from 'node:net'
import type { RequestOrigin } from '../platform/request/origin.ts'

/** Returns the origin of a request, determined from its headers and the remote address of its socket. */
export type OriginOf = (
  headers: { get(name: string): string | null },
  remoteAddress: string | null | undefined,
) => RequestOrigin

const MAX_USER_AGENT = 500
/** Maximum number of addresses in X-Forwarded-For that are examined. */
const MAX_HOPS = 20

/**
 * Creates the function that determines the origin of requests. The client's address is the remote address of the
 * socket. When that is the address of a trusted proxy, the client's address is the last address in X-Forwarded-For that
 * does not belong to a trusted proxy. Earlier addresses are ignored, because the client could have written them itself.
 * @param trustedProxies IP addresses or CIDR ranges
 * @throws Error when an entry of `trustedProxies` is neither an address nor a range.
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

/** Parses an IP address or a CIDR range. Returns null when the text is neither. `prefix` is a number of bits. */
export function parseRange(
  text: string,
): { readonly address: string; readonly prefix: number; readonly family: 'ipv4' | 'ipv6' } | null {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  if (isIP(address) === 0 || address.includes('%')) return null
  const family = familyOf(address)
  const maxPrefix = family === 'ipv4' ? 32 : 128
  const prefix = bits === undefined ? maxPrefix : Number(bits)
  return prefix <= maxPrefix ? { address, prefix, family } : null
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
    const previous = plainAddress(hop.trim())
    // This proxy has not added a valid address, so its own address is the last known address.
    if (previous === null) return address
    address = previous
  }
  return address
}

const WITH_PORT = /^\[([^\]]+)\](?::\d+)?$|^(\d+\.\d+\.\d+\.\d+):\d+$/
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/**
 * Returns an address without port and zone; an IPv4-mapped IPv6 address is returned as IPv4. Returns null when the text
 * is not an address.
 */
function plainAddress(text: string): string | null {
  const [, bracketed, dotted] = WITH_PORT.exec(text) ?? []
  const [address = ''] = (bracketed ?? dotted ?? text).split('%')
  const plain = MAPPED.exec(address)?.[1] ?? address
  return isIP(plain) === 0 ? null : plain.toLowerCase()
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
