import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestInstallation, type TestInstallation } from './installation.ts'
import { pluginFiles } from './plugins.ts'

let installation: TestInstallation
beforeAll(async () => {
  installation = await createTestInstallation()
})
afterAll(() => installation.close())

/** Runs a command that must exit with the given code, and returns its output. */
async function plugin(code: number, ...args: string[]): Promise<string> {
  const ran = await installation.rapport('plugin', ...args)
  expect(ran.code, ran.text).toBe(code)
  return ran.text
}

it('`rapport plugin upgrade` and `rapport plugin doctor` report a dependency that a workspace does not use', async () => {
  await installation.rapport('workspace', 'create', 'acme', '--admin', 'boss@acme.example')
  await installation.write({ ...pluginFiles('hello'), ...pluginFiles('sens') })
  await plugin(0, 'add', './plugins/hello', '--yes')
  await plugin(0, 'add', './plugins/sens', '--yes')
  await plugin(0, 'enable', 'sens', '--workspace', 'acme')
  await installation.write(pluginFiles('sens', { version: '1.1.0', more: "depends: { hello: '^1.0.0' }," }))
  const reason =
    'This version of sens depends on hello, and the workspace acme uses sens without hello: sens would not be in use there. First run: rapport plugin enable hello --workspace acme.'
  const planned = await plugin(1, 'plan', './plugins/sens')
  expect(planned).toContain('Problems:')
  expect(planned).toContain(`- ${reason}\n`)
  expect(await plugin(1, 'upgrade', 'sens', '--yes')).toContain(reason)

  await plugin(0, 'enable', 'hello', '--workspace', 'acme')
  await plugin(0, 'upgrade', 'sens', '--yes')
  expect(await plugin(0, 'doctor')).toContain('all are the same as when they were installed')
  // A server that was not restarted after the upgrade would do the same.
  await installation.owner.query(`update plugin_activations set is_enabled = false where plugin_id = 'hello'`)
  const why = 'It depends on hello, which this workspace does not use. Enable hello.'
  expect(await plugin(0, 'list')).toContain(`not enabled in any workspace\n  not in use in acme: ${why}\n`)
  expect(await plugin(1, 'doctor')).toContain(
    `PROBLEM  sens: It is not in use in the workspace acme, and its rules do not run there: ${why}`,
  )
}, 300_000)
