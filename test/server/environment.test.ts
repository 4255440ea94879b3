import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { DEFAULT_LIMITS } from '../../src/server/limits/limits.ts'
import { DEVELOPMENT, PRODUCTION } from '../../src/server/server-settings.ts'

function without<Settings extends { persisted: unknown }>({ persisted: _none, ...rest }: Settings) {
  return rest
}

describe('the server settings', () => {
  it('are those of production with NODE_ENV=production, and otherwise those of development', () => {
    expect(readConfig({}).server).toEqual(without(DEVELOPMENT))
    expect(readConfig({ NODE_ENV: 'test' }).server).toEqual(without(DEVELOPMENT))
    expect(readConfig({ NODE_ENV: 'production' }).server).toEqual(without(PRODUCTION))
    expect([readConfig({}).demoLogin, readConfig({ NODE_ENV: 'production' }).demoLogin]).toEqual([true, false])
  })

  it('can switch GraphiQL, introspection, error hints and demo login on in production and off in development', () => {
    const on = { GRAPHIQL: 'on', INTROSPECTION: 'on', ERROR_HINTS: 'on', DEMO_LOGIN: 'on' }
    const opened = readConfig({ NODE_ENV: 'production', ...on })
    expect(opened).toMatchObject({ demoLogin: true, server: { graphiql: true, introspection: true, hints: true } })
    const off = { GRAPHIQL: 'off', INTROSPECTION: 'off', ERROR_HINTS: 'off', DEMO_LOGIN: 'off' }
    expect(readConfig(off)).toMatchObject({
      demoLogin: false,
      server: { graphiql: false, introspection: false, hints: false },
    })
  })

  it.each(Object.keys(DEFAULT_LIMITS))(
    'take the limit %s from an environment variable and refuse a value that is not a positive whole number',
    (name) => {
      const variable = `LIMIT_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
      expect(readConfig({ [variable]: '7' }).server.limits).toEqual({ ...DEFAULT_LIMITS, [name]: 7 })
      expect(() => readConfig({ [variable]: '0' })).toThrow(`${variable} is`)
      expect(() => readConfig({ [variable]: 'none' })).toThrow(`${variable} is "none"; expected a whole number`)
    },
  )

  it('take the rates from environment variables, where 0 means no limit', () => {
    const given = { RATE_REQUESTS: '10', RATE_POINTS: '0', RATE_REFUSED_CREDENTIALS: '5', RATE_ROUTE_REQUESTS: '7' }
    const rates = { requests: 10, points: null, refusedCredentials: 5, routeRequests: 7 }
    expect(readConfig(given).server.rates).toEqual(rates)
    expect(readConfig({ ...given, NODE_ENV: 'production' }).server.rates).toEqual(rates)
  })

  it('take complete origins from CORS_ORIGINS, and refuse wildcards and incomplete origins', () => {
    const CORS_ORIGINS = 'https://crm.example, http://localhost:5173'
    expect(readConfig({ CORS_ORIGINS }).server.corsOrigins).toEqual(['https://crm.example', 'http://localhost:5173'])
    for (const wrong of ['*', 'crm.example', 'https://crm.example/', 'https://*.example', 'null'])
      expect(() => readConfig({ CORS_ORIGINS: wrong })).toThrow('CORS_ORIGINS is')
  })

  it('require PERSISTED_OPERATIONS_FILE when persisted operations are on', () => {
    const PERSISTED_OPERATIONS_FILE = 'operations.json'
    expect(readConfig({ PERSISTED_OPERATIONS_FILE }).persistedOperations).toBe(null)
    expect(readConfig({ PERSISTED_OPERATIONS: 'only', PERSISTED_OPERATIONS_FILE }).persistedOperations).toEqual({
      mode: 'only',
      file: resolve('operations.json'),
    })
    expect(() => readConfig({ PERSISTED_OPERATIONS: 'allow' })).toThrow('needs PERSISTED_OPERATIONS_FILE')
  })

  it.each(['NODE_ENV', 'GRAPHIQL', 'INTROSPECTION', 'ERROR_HINTS', 'DEMO_LOGIN', 'PERSISTED_OPERATIONS'])(
    'refuse an invalid value of %s',
    (name) => expect(() => readConfig({ [name]: 'maybe' })).toThrow(`${name} is "maybe"; expected`),
  )
})
