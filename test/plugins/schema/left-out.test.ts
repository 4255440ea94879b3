import { afterAll, beforeAll, expect, it } from 'vitest'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { LEDGER, testPlugin } from '../guarded-plugin.ts'
import { kind, query } from './compose-plugins.ts'

/** An abstract object whose only kind is of another plugin, so that it can't be composed without that plugin. */
const ledger = testPlugin('ledger', {
  objects: [
    { model: 'LedgerLine', prefix: 'line', description: 'A line.', discriminator: 'text', columns: { text: {} } },
  ],
})
const kinds = testPlugin('kinds', {
  depends: { ledger: '^1.0.0' },
  variants: [kind('LedgerLine', 'PlainLine', 'PLAIN')],
})
const other = testPlugin('other', { queries: [query('one')] })

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({
    plugins: [{ plugin: ledger, directory: LEDGER }, { plugin: kinds }, { plugin: other }],
    enable: 'nowhere',
  })
})
afterAll(() => app.close())

const REASON = /^ledger: the enum LedgerLineKind has no value/
const admin = () => app.as('admin')
const enable = async (pluginId: string) => {
  const data = await admin().must(
    'mutation ($pluginId: String!) { enablePlugin(input: { pluginId: $pluginId }) { plugin { status } userErrors { message } } }',
    { pluginId },
  )
  return at(data, 'enablePlugin')
}

it('a plugin that can only be composed with a plugin that the workspace does not use cannot be enabled', async () => {
  expect(await enable('ledger')).toEqual({
    plugin: null,
    userErrors: [
      { message: expect.stringMatching(/^ledger can't be used in this workspace: ledger: the enum LedgerLineKind/) },
    ],
  })
  expect(await enable('other')).toMatchObject({ plugin: { status: 'ENABLED' }, userErrors: [] })
})

it('such a plugin that is enabled is left out with the reason, and core and other plugins serve the workspace', async () => {
  const { workspaceId } = admin().actor
  await app.database.ownerPool.query(
    `with actor as (
       insert into actors (workspace_id, id, kind, display_name) values ($1, gen_random_uuid(), 'PLUGIN', 'ledger') returning id)
     insert into plugin_activations (workspace_id, id, plugin_id, actor_id, is_enabled, disabled_rules, seeds)
     select $1, gen_random_uuid(), 'ledger', id, true, '{}', '{}' from actor`,
    [workspaceId],
  )
  const data = await admin().must('{ one accounts(first: 1) { totalCount } plugins { id status reason } }')
  expect(data).toMatchObject({
    one: 1,
    accounts: { totalCount: 0 },
    plugins: expect.arrayContaining([
      { id: 'ledger', status: 'UNAVAILABLE', reason: expect.stringMatching(REASON) },
      { id: 'other', status: 'ENABLED', reason: null },
    ]),
  })
})
