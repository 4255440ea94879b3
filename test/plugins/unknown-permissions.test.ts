import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import rapportConfig from '../../rapport.config.ts'
import { coreParts } from '../../src/core.ts'
import type { Permission } from '../../src/platform/declare/permission.ts'
import { type CoreParts, composePlugins } from '../../src/platform/plugins/host/compose-plugins.ts'
import { checkPlugin } from '../../src/platform/plugins/load/check-plugin.ts'
import { loadPlugin } from '../../src/platform/plugins/load/load-plugin.ts'
import { unknownPermissions } from '../../src/platform/registry/unknown-permissions.ts'
import type { LoadedPlugin } from '../../src/platform/request/loaded-plugin.ts'
import { testPlugin } from './guarded-plugin.ts'
import { createTestInstallation, type TestInstallation } from './lifecycle/installation.ts'
import { pluginFiles } from './lifecycle/plugins.ts'

const ROOT = join(import.meta.dirname, '../..')

let core: CoreParts
let shipped: LoadedPlugin[]
beforeAll(async () => {
  core = await coreParts()
  const folders = new Set([
    ...rapportConfig.plugins,
    './examples/courses',
    './examples/opentasks',
    './examples/creditrating',
  ])
  shipped = await Promise.all([...folders].map((folder) => loadPlugin(folder, ROOT)))
})

/** The problems with the permissions of a plugin `asking`, which is composed with all shipped plugins. */
function problemsWith(permissions: readonly Permission[], depends: Readonly<Record<string, string>> = {}): string[] {
  const plugin = testPlugin('asking', {
    permissions,
    depends,
    operations: [
      {
        name: 'askAround',
        description: 'Asks around.',
        permission: 'survey:send',
        input: { what: { type: 'String', description: 'What.' } },
        payload: { count: { type: 'Int', description: 'How many.' } },
        run: async () => ({ values: {}, userErrors: [] }),
      },
    ],
  })
  const asking = { plugin, source: './asking', directory: null, modelSource: null }
  const all = [...shipped, asking]
  return unknownPermissions(composePlugins(core, all, all).registry, plugin)
}

it('the manifests of the shipped plugins name only permissions that exist', () => {
  const { registry } = composePlugins(core, shipped, shipped)
  expect(shipped.flatMap(({ plugin }) => unknownPermissions(registry, plugin))).toEqual([])
  expect(shipped.flatMap(({ plugin }) => plugin.permissions ?? []).length).toBeGreaterThan(10)
})

it('the manifest of a plugin may name permissions of core, of the plugin itself and of plugins that it depends on', () => {
  const known: Permission[] = [
    'task:create',
    'account:*',
    '*:read',
    'plugin:read',
    'apiKey:read',
    'audit:read',
    'survey:send',
    'contact.primaryEmail:read',
    'account.name:update',
  ]
  expect(problemsWith(known)).toEqual([])
  expect(problemsWith(['course:read', 'enrollment:*'], { courses: '^1.0.0' })).toEqual([])
})

it.each<[permission: Permission, problem: string]>([
  ['tsk:create', 'There is no object called tsk. Did you mean task?'],
  ['task:craete', 'There is no action of task called craete. Did you mean create?'],
  ['survey:answer', 'There is no action of survey called answer. There are send and *.'],
  ['account.nmae:read', 'There is no field of account called nmae. Did you mean name?'],
  ['acount.name:read', 'There is no object called acount. Did you mean account?'],
  [
    'contact.enrollments:read',
    'contact.enrollments is a field of courses, on which asking does not depend. Name courses',
  ],
  ['*:wreck', 'There is no action called wreck. There are '],
  [
    'course:read',
    'course is an object of courses, on which asking does not depend. Name courses under depends, with the range of its versions.',
  ],
])(
  'a manifest that names a permission unknown to core, the plugin and its dependencies is reported: %s',
  (permission, problem) => {
    expect(problemsWith([permission])).toEqual([
      expect.stringContaining(`asking names the permission ${permission}. ${problem}`),
    ])
  },
)

it.each([
  [
    'account',
    '"account" is not a permission. Write <object>:<action>, such as account:read, or <object>.<field>:<action> for one field, such as account.name:read',
  ],
  ['account:read@own', '"account:read@own" has a scope, which a manifest can\'t have'],
  [
    'account.name:*',
    '"account.name:*" is not an action on one field. Write account.name:read, account.name:create, account.name:update, or the action on the whole object.',
  ],
  ['account.name:delete', '"account.name:delete" is not an action on one field.'],
])('a manifest with the malformed permission %s is refused, with the text and the reason', (permission, problem) => {
  const literal = {
    id: 'asking',
    description: 'A.',
    version: '1.0.0',
    api: '^1.0.0',
    permissions: ['task:read', permission],
  }
  expect(checkPlugin(literal)).toEqual([expect.stringContaining(`permissions[1]: ${problem}`)])
})

let installation: TestInstallation
afterAll(() => installation?.close())

it("`rapport plugin plan` reports the permissions in a plugin's manifest that do not exist", async () => {
  installation = await createTestInstallation()
  await installation.write(pluginFiles('sens', { more: "permissions: ['tsk:create', 'sensGift:raed']," }))
  const { code, text } = await installation.rapport('plugin', 'plan', './plugins/sens')
  expect(code, text).toBe(1)
  expect(text).toContain('- sens names the permission tsk:create. There is no object called tsk. Did you mean task?\n')
  expect(text).toContain('There is no action of sensGift called raed. Did you mean read?')
}, 60_000)
