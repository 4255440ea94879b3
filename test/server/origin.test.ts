import { describe, expect, it } from 'vitest'
import { originsBehind, parseRange } from '../../src/server/origin.ts'

const CLIENT = '203.0.113.7'

function addressFor(trusted: readonly string[], remote: string | null, forwardedFor?: string): string | null {
  const headers = new Headers(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor })
  return originsBehind(trusted)(headers, remote).ipAddress
}

describe('the IP address of a request', () => {
  it('is that of the socket when the socket is not of a trusted proxy, whatever X-Forwarded-For says', () => {
    expect(addressFor([], CLIENT, '198.51.100.1')).toBe(CLIENT)
    expect(addressFor(['10.0.0.0/8'], CLIENT, '198.51.100.1')).toBe(CLIENT)
    expect(addressFor([], null, '198.51.100.1')).toBeNull()
  })

  it('is the one in X-Forwarded-For when the request comes from a trusted proxy', () => {
    expect(addressFor(['10.0.0.0/8'], '10.1.2.3', CLIENT)).toBe(CLIENT)
    expect(addressFor(['10.1.2.3'], '::ffff:10.1.2.3', CLIENT)).toBe(CLIENT)
    expect(addressFor(['fd00::/8'], 'fd00::1', '[2001:db8::1]:443')).toBe('2001:db8::1')
    expect(addressFor(['10.0.0.0/8'], '10.1.2.3', `${CLIENT}:51234`)).toBe(CLIENT)
  })

  it('is the last one in X-Forwarded-For that is not a trusted proxy, because a client can forge earlier ones', () => {
    expect(addressFor(['10.0.0.0/8'], '10.0.0.1', `198.51.100.1, ${CLIENT}, 10.0.0.2`)).toBe(CLIENT)
    expect(addressFor(['10.0.0.0/8'], '10.0.0.1', '10.0.0.3, 10.0.0.2')).toBe('10.0.0.3')
    expect(addressFor(['10.0.0.0/8'], '10.0.0.1', `${CLIENT}, unknown, 10.0.0.2`)).toBe('10.0.0.2')
    expect(addressFor(['10.0.0.0/8'], '10.0.0.1', '')).toBe('10.0.0.1')
  })

  it('comes with the user agent, cut off after 500 characters', () => {
    const headers = new Headers({ 'user-agent': 'x'.repeat(1_000) })
    expect(originsBehind([])(headers, CLIENT)).toEqual({ ipAddress: CLIENT, userAgent: 'x'.repeat(500) })
    expect(originsBehind([])(new Headers(), CLIENT).userAgent).toBeNull()
  })
})

describe('an invalid range of trusted proxies', () => {
  it.each(['10.0.0.0/33', '10.0.0/8', 'localhost', '::1/129', '10.0.0.0/8/8', '', 'fe80::1%eth0'])(
    'is refused when it is %j',
    (text) => {
      expect(parseRange(text)).toBeNull()
      expect(() => originsBehind([text])).toThrow('CIDR range')
    },
  )
})
