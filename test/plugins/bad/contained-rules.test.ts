import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { forgetStrikes, LEDGER, tryAccount } from '../guarded-plugin.ts'
import { ledger } from '../ledger/plugin.ts'
import { alone, type BadApp, expectNothingWritten, openBadApp } from './bad-app.ts'
import { ruleMisdeeds } from './rule-misdeeds.ts'

let app: BadApp
beforeAll(async () => {
  app = await openBadApp([{ plugin: ledger, directory: LEDGER }, ...alone(ruleMisdeeds.map(({ plugin }) => plugin))])
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

describe('a failing rule of a plugin', () => {
  it.each(ruleMisdeeds.map(({ plugin, reason }) => [plugin.id, reason] as const))(
    'makes the write fail, while the error names the plugin and the server logs the reason: the plugin %s',
    async (id, reason) => {
      app.logged(id)
      const { account, errors } = await expectNothingWritten(app, () => tryAccount(app.as('admin'), { name: id }))
      expect(account).toBeUndefined()
      expect(errors).toHaveLength(1)
      expect(errors[0]?.message).toContain(`plugin ${id} failed in ${id}.rule`)
      expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: id, rule: `${id}.rule` })
      const [told] = app.logged(id)
      expect(told).toMatchObject({ part: `${id}.rule`, reason: expect.stringMatching(reason), strikes: 1 })
    },
  )
})
