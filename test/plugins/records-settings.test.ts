import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createTestApp, type TestApp } from '../support/app.ts'
import { testPlugin, testRule, tryAccount } from './guarded-plugin.ts'

const told: unknown[] = []

const tuned = testPlugin('tuned', {
  settings: {
    installation: z.object({ server: z.string().default('none'), shade: z.string().default('grey') }),
    workspace: z.object({ shade: z.string().optional(), limit: z.int().default(3) }),
    secrets: { key: 'Key of the service.' },
  },
  rules: [
    testRule('tuned.sync', { before: (_write, { settings }) => void told.push(settings) }),
    testRule('tuned.async', { after: async (_write, { secret }) => void told.push(await secret('key')) }),
  ],
})

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: tuned }] })
})
afterAll(() => app.close())

describe('settings of a plugin', () => {
  it('are those of the workspace over those of the installation, read once in a transaction', async () => {
    const client = app.as('admin')
    const { owner } = app.database
    await owner.query(`update installed_plugins set settings = '{"server": "one.example", "shade": "red"}'`)
    await tryAccount(client, { name: 'Plain' })
    await owner.query(
      `update plugin_activations set settings = '{"shade": "blue"}', secrets = '{"key": "s3cret"}' where workspace_id = $1`,
      [client.actor.workspaceId],
    )
    app.resetStatements()
    await tryAccount(client, { name: 'Set' })
    await tryAccount(app.as('admin', 'globex'), { name: 'Elsewhere' })
    expect(told).toEqual([
      { server: 'one.example', shade: 'red', limit: 3 },
      null,
      { server: 'one.example', shade: 'blue', limit: 3 },
      's3cret',
      { server: 'one.example', shade: 'red', limit: 3 },
      null,
    ])
    const read = app.statements.filter((text) => text.includes('settings::jsonb'))
    expect(read).toHaveLength(2)
  })
})
