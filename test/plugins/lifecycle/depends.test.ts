import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestInstallation, type TestInstallation } from './installation.ts'
import { pluginFiles } from './plugins.ts'

let installation: TestInstallation
beforeAll(async () => {
  installation = await createTestInstallation()
})
afterAll(() => installation.close())

/** Runs a command that has to end with that code, and answers what it printed. */
async function plugin(code: number, ...args: string[]): Promise<string> {
  const ran = await installation.rapport('plugin', ...args)
  expect(ran.code, ran.text).toBe(code)
  return ran.text
}

it('refuses an upgrade that builds on what workspaces do not use, and tells where a plugin is out of use for that', async () => {
  await installation.rapport('workspace', 'create', 'acme', '--admin', 'boss@acme.example')
  await installation.write({ ...pluginFiles('hello'), ...pluginFiles('sens') })
  await plugin(0, 'add', './plugins/hello', '--yes')
  await plugin(0, 'add', './plugins/sens', '--yes')
  await plugin(0, 'enable', 'sens', '--workspace', 'acme')
  await installation.write(pluginFiles('sens', { version: '1.1.0', more: "depends: { hello: '^1.0.0' }," }))
  const reason =
    'sens builds on hello now, and the workspace acme uses sens without it: it would be out of use there. Enable it first: rapport plugin enable hello --workspace acme.'
  const planned = await plugin(1, 'plan', './plugins/sens')
  expect(planned).toContain("It can't be done:")
  expect(planned).toContain(`- ${reason}\n`)
  expect(await plugin(1, 'upgrade', 'sens', '--yes')).toContain(reason)

  await plugin(0, 'enable', 'hello', '--workspace', 'acme')
  await plugin(0, 'upgrade', 'sens', '--yes')
  expect(await plugin(0, 'doctor')).toContain('all are as they were installed')
  // As a server does that was not restarted after the upgrade.
  await installation.owner.query(`update plugin_activations set is_enabled = false where plugin_id = 'hello'`)
  const why = 'It builds on hello, which this workspace does not use. Enable hello.'
  expect(await plugin(0, 'list')).toContain(`enabled nowhere\n  out of use in acme: ${why}\n`)
  expect(await plugin(1, 'doctor')).toContain(
    `PROBLEM  sens: It is out of use in the workspace acme, its rules included: ${why}`,
  )
}, 120_000)
