import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { testPlugin, testRule, tryAccount } from '../guarded-plugin.ts'

const told: unknown[] = []

const installation = z.object({ server: z.string().default('none'), shade: z.string().default('grey') })
const workspace = z.object({ shade: z.string().default('white'), limit: z.int().default(3) })

const tuned = testPlugin('tuned', {
  settings: {
    installation,
    workspace,
    secrets: { key: 'Key of the service.' },
  },
  rules: [
    testRule('tuned.reads', {
      async before({ values }, { settings }) {
        if (values['name'] === 'Asks for nothing') return undefined
        if (values['name'] === 'Asks for another') await settings(z.object({ limit: z.int() }))
        const [own, operators, again] = await Promise.all([
          settings(workspace),
          settings(installation),
          settings(workspace),
        ])
        told.push(own, operators)
        expect(again).toEqual(own)
        return undefined
      },
    }),
    testRule('tuned.async', { after: async (_write, { secret }) => void told.push(await secret('key')) }),
  ],
})

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: tuned }] })
})
afterAll(() => app.close())

describe('settings of a plugin', () => {
  it('come from the workspace, else from the installation, else from the defaults, and are read once in a transaction', async () => {
    const client = app.as('admin')
    const { ownerPool } = app.database
    await ownerPool.query(`update installed_plugins set settings = '{"server": "one.example", "shade": "red"}'`)
    await tryAccount(client, { name: 'Plain' })
    await ownerPool.query(
      `update plugin_activations set settings = '{"shade": "blue"}', secrets = '{"key": "s3cret"}' where workspace_id = $1`,
      [client.actor.workspaceId],
    )
    app.resetStatements()
    await tryAccount(client, { name: 'Set' })
    await tryAccount(app.as('admin', 'globex'), { name: 'Elsewhere' })
    const operators = { server: 'one.example', shade: 'red' }
    expect(told).toEqual([
      ...[{ shade: 'red', limit: 3 }, operators, null],
      ...[{ shade: 'blue', limit: 3 }, operators, 's3cret'],
      ...[{ shade: 'red', limit: 3 }, operators, null],
    ])
    expect(app.statements.filter(isOfSettings)).toHaveLength(2)
  })

  it('need no SQL statement when no rule reads them', async () => {
    app.resetStatements()
    const { errors } = await tryAccount(app.as('admin'), { name: 'Asks for nothing' })
    expect(errors).toEqual([])
    expect(app.statements.filter(isOfSettings)).toEqual([])
  })

  it("can be read only with one of the plugin's own settings schemas (zod)", async () => {
    const { errors } = await tryAccount(app.as('admin'), { name: 'Asks for another' })
    expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'tuned' })
  })
})

const isOfSettings = (text: string) => text.includes('settings::jsonb')
