import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'

describe('readConfig', () => {
  it('has a default for everything, and takes an empty variable as unset', () => {
    const defaults = {
      host: '127.0.0.1',
      port: 4000,
      databaseUrl: null,
      home: resolve('.rapport'),
      logLevel: 'info',
      pluginsFile: resolve('rapport.config.ts'),
    }
    expect(readConfig({})).toEqual(defaults)
    expect(readConfig({ PORT: '', DATABASE_URL: ' ' })).toEqual(defaults)
    expect(readConfig({})).toSatisfy(Object.isFrozen)
  })

  it('takes what is right', () => {
    const environment = {
      HOST: '::1',
      PORT: '0',
      DATABASE_URL: 'postgres://user:pass@db.example/crm',
      RAPPORT_HOME: '/srv/rapport',
      LOG_LEVEL: 'debug',
      RAPPORT_CONFIG: '/srv/plugins.ts',
    }
    expect(readConfig(environment)).toEqual({
      host: '::1',
      port: 0,
      databaseUrl: 'postgres://user:pass@db.example/crm',
      home: '/srv/rapport',
      logLevel: 'debug',
      pluginsFile: '/srv/plugins.ts',
    })
  })

  it('names everything that is wrong at once, with what is expected, and never the password', () => {
    const environment = {
      HOST: 'http://x',
      PORT: '65536',
      DATABASE_URL: 'mysql://user:hunter2@host/db',
      LOG_LEVEL: 'loud',
    }
    expect(() => readConfig(environment)).toThrow(ConfigError)
    const message = messageOf(() => readConfig(environment))
    for (const part of [
      'HOST is "http://x"',
      'PORT is "65536"; expected a whole number from 0 to 65535',
      'DATABASE_URL is not',
      'LOG_LEVEL is "loud"',
    ]) {
      expect(message).toContain(part)
    }
    expect(message).not.toContain('hunter2')
  })

  it.each(['-1', '4000.5', '0x10', '1e3', 'http', '99999'])('refuses the port %s', (PORT) => {
    expect(() => readConfig({ PORT })).toThrow('PORT is')
  })

  it.each(['localhost/db', 'postgres://', 'postgres://host', 'http://host/db'])('refuses the database %s', (url) => {
    expect(() => readConfig({ DATABASE_URL: url })).toThrow('DATABASE_URL is not a PostgreSQL URL')
  })
})

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}
