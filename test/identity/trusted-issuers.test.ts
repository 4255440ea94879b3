import { describe, expect, test } from 'vitest'
import { openTrustedIssuers } from '../../src/platform/identity/providers/issuer-patterns.ts'

const TENANTS = 'https://login.microsoftonline.com/*/v2.0'
const TENANT = 'https://login.microsoftonline.com/8c0e2b1a-aaaa-bbbb-cccc-0123456789ab/v2.0'

describe('the issuer of an identity provider', () => {
  const trusted = openTrustedIssuers([
    'https://id.example.com',
    'https://idp.example/',
    TENANTS,
    'http://127.0.0.1:3001',
  ])

  test.each(['https://id.example.com', 'https://idp.example/', TENANT, 'http://127.0.0.1:3001'])(
    'is accepted when it is in the list of trusted issuers: %s',
    (issuer) => expect(trusted.problemWith(issuer)).toBeNull(),
  )

  test.each([
    'https://id.example.com/',
    'https://idp.example',
    'https://id.example.com/realms/x',
    'https://id.example.com.attacker.example',
    'https://attacker.example',
    'https://login.microsoftonline.com/v2.0',
    'https://login.microsoftonline.com/a/b/v2.0',
    'https://login.microsoftonline.com/a/v2.0/x',
    'https://login.microsoftonline.com/*/v2.0',
    'http://127.0.0.1:3002',
    'http://localhost:3001',
    'https://127.0.0.1:3001',
  ])('is refused when it is not in the list of trusted issuers: %s', (issuer) => {
    expect(trusted.problemWith(issuer)).toMatch(/TRUSTED_ISSUERS|Write the issuer/)
  })

  test.each([
    'https://login.microsoftonline.com/../v2.0',
    'https://login.microsoftonline.com/./v2.0',
    'https://login.microsoftonline.com/%2e%2e/v2.0',
    'https://login.microsoftonline.com/a%2Fb/v2.0',
    'https://login.microsoftonline.com/a\\b/v2.0',
    'https://login.microsoftonline.com//v2.0',
    'https://login.microsoftonline.com/a\n/v2.0',
    'https://login.microsoftonline.com/a?/v2.0',
    'https://login.microsoftonline.com/a#/v2.0',
    'https://ID.example.com',
    'https://id.example.com:443',
    'https://user@id.example.com',
    'https://id.example.com?x',
    'https://id.example.com#x',
    'http://id.example.com',
    'http://169.254.169.254',
    'file:///etc/passwd',
    'urn:rapport',
    '',
  ])('is refused when it is not a plain URL, or could be read as another issuer: %j', (issuer) => {
    expect(trusted.problemWith(issuer)).toMatch(/./)
  })
})

test('no issuer is accepted when the list of trusted issuers is empty', () => {
  expect(openTrustedIssuers([]).problemWith('https://id.example.com')).toContain('TRUSTED_ISSUERS')
})

test.each([
  '*',
  'https://*',
  'https://*/v2.0',
  'https://*.example.com',
  'https://id.example.com/*/*',
  'https://id.example.com/tenant-*',
  'https://id.example.com/**',
  'http://id.example.com',
  'http://10.0.0.1',
  'https://id.example.com?tenant=x',
  'id.example.com',
])('the list of trusted issuers refuses the pattern %s', (pattern) => {
  expect(() => openTrustedIssuers([pattern])).toThrow("can't be trusted")
})
