import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'
import { DEVELOPMENT } from '../src/server/server-settings.ts'

// The settings of the server are tested in test/server/environment.test.ts.
const { persisted: _none, ...server } = DEVELOPMENT
const serving = { server, demoLogin: true, persistedOperations: null }

describe('the configuration from environment variables', () => {
  it('has a default for every variable, and treats an empty variable as unset', () => {
    const defaults = {
      host: '127.0.0.1',
      port: 4000,
      databaseUrl: null,
      home: resolve('.rapport'),
      logLevel: 'info',
      trustedProxies: [],
      trustedIssuers: [],
      clockLeewaySeconds: 5,
      sessionSeconds: 2_592_000,
      sessionIdleSeconds: 604_800,
      publicUrl: null,
      pluginsFile: resolve('rapport.config.ts'),
      ...serving,
    }
    expect(readConfig({})).toEqual(defaults)
    expect(readConfig({ PORT: '', DATABASE_URL: ' ' })).toEqual(defaults)
    expect(readConfig({})).toSatisfy(Object.isFrozen)
  })

  it('accepts valid values of all variables except those of the server settings', () => {
    const environment = {
      HOST: '::1',
      PORT: '0',
      DATABASE_URL: 'postgres://user:pass@db.example/crm',
      RAPPORT_HOME: '/srv/rapport',
      LOG_LEVEL: 'debug',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      TRUSTED_ISSUERS: 'https://id.example.com https://login.example/*/v2',
      CLOCK_LEEWAY: '60s',
      SESSION_LIFE: '12h',
      SESSION_IDLE: '90m',
      PUBLIC_URL: 'https://CRM.example.com/',
      RAPPORT_CONFIG: '/srv/plugins.ts',
    }
    expect(readConfig(environment)).toEqual({
      host: '::1',
      port: 0,
      databaseUrl: 'postgres://user:pass@db.example/crm',
      home: '/srv/rapport',
      logLevel: 'debug',
      trustedProxies: ['10.0.0.0/8', '::1'],
      trustedIssuers: ['https://id.example.com', 'https://login.example/*/v2'],
      clockLeewaySeconds: 60,
      sessionSeconds: 43_200,
      sessionIdleSeconds: 5_400,
      publicUrl: 'https://crm.example.com',
      pluginsFile: '/srv/plugins.ts',
      ...serving,
    })
  })

  it('reports all invalid values at once with what is expected, and never the password of the database', () => {
    const environment = {
      HOST: 'http://x',
      PORT: '65536',
      DATABASE_URL: 'mysql://user:hunter2@host/db',
      LOG_LEVEL: 'loud',
      TRUSTED_PROXIES: '10.0.0.0/8, proxy',
      TRUSTED_ISSUERS: 'https://id.example.com, https://*',
      CLOCK_LEEWAY: '2m',
      SESSION_LIFE: '30',
      SESSION_IDLE: '5s',
      PUBLIC_URL: 'https://crm.example.com/api',
    }
    expect(() => readConfig(environment)).toThrow(ConfigError)
    const message = messageOf(() => readConfig(environment))
    for (const part of [
      'HOST is "http://x"',
      'PORT is "65536"; expected a whole number from 0 to 65535',
      'DATABASE_URL is not',
      'LOG_LEVEL is "loud"',
      'TRUSTED_PROXIES is "10.0.0.0/8, proxy"; expected IP addresses',
      'TRUSTED_ISSUERS is wrong: "https://*" can\'t be trusted',
      'CLOCK_LEEWAY is "2m"; expected a duration from 0s to 60s',
      'SESSION_LIFE is "30"; expected a duration',
      'SESSION_IDLE is "5s"',
      'PUBLIC_URL is "https://crm.example.com/api"; expected an address without a path',
    ]) {
      expect(message).toContain(part)
    }
    expect(message).not.toContain('hunter2')
  })

  it.each(['-1', '4000.5', '0x10', '1e3', 'http', '99999'])('refuses the port %s', (PORT) => {
    expect(() => readConfig({ PORT })).toThrow('PORT is')
  })

  it.each(['localhost/db', 'postgres://', 'postgres://host', 'http://host/db'])(
    'refuses the database URL %s',
    (url) => {
      expect(() => readConfig({ DATABASE_URL: url })).toThrow('DATABASE_URL is not a PostgreSQL URL')
    },
  )
})

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}
