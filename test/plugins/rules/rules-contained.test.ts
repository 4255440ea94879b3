import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { recordStrike } from '../../../src/platform/sandbox/strikes.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { activationOf, countOf, forgetStrikes, testPlugin, testRule, tryAccount } from '../guarded-plugin.ts'

const never = () => new Promise<undefined>(() => undefined)

/** What the rule does, by the name of the account. */
const misdeeds: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error('The secret of the inside.')
  },
  rejects: async () => {
    throw new Error('The secret of the inside.')
  },
  loops: () => {
    for (;;);
  },
  loopsAndCatches: () => {
    for (;;)
      try {
        for (;;);
      } catch {}
  },
  waits: never,
  isSlow: () => {
    const end = performance.now() + 160
    while (performance.now() < end);
  },
  setsId: () => ({ patch: { id: '00000000-0000-0000-0000-000000000000' } }),
  setsWorkspace: () => ({ patch: { workspaceId: '00000000-0000-0000-0000-000000000000' } }),
  setsVersion: () => ({ patch: { version: 7 } }),
  setsStamp: () => ({ patch: { createdAt: new Date() } }),
  setsNothing: () => ({ patch: { noColumn: 1 } }),
  setsBadValue: () => ({ patch: { foundedYear: 9999 } }),
  setsBadEnum: () => ({ patch: { type: 'NOT_A_TYPE' } }),
  claims: () => ({ existingId: '00000000-0000-0000-0000-000000000000' }),
}

const bad = testPlugin('bad', {
  rules: [
    testRule('bad.rule', {
      budgetMs: 150,
      before(write) {
        const name = String(write.values['name'])
        if (name === 'writes') Reflect.set(write.values, 'name', 'Another')
        if (name === 'writes' && write.values['name'] === 'writes') throw new Error('It was frozen.')
        const answer: unknown = misdeeds[name]?.()
        // The cast lets the plugin return values that the compiler would refuse.
        return answer as undefined
      },
      after(write) {
        if (write.values['name'] === 'throwsAfter') throw new Error('The secret of the inside.')
      },
    }),
  ],
})

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: bad }] })
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

describe('a rule that misbehaves', () => {
  it.each([...Object.keys(misdeeds), 'throwsAfter', 'writes'])(
    'makes the write fail with PLUGIN_FAILED, and counts one strike: it %s',
    async (name) => {
      const client = app.as('member')
      const before = [await countOf(app, 'accounts'), await countOf(app, 'changes')]
      const { account, errors } = await tryAccount(client, { name })
      expect(account).toBeUndefined()
      expect(errors).toHaveLength(1)
      expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'bad', rule: 'bad.rule' })
      expect(errors[0]?.message).toMatch(/plugin bad failed in bad\.rule/)
      expect(JSON.stringify(errors)).not.toContain('secret of the inside')
      expect([await countOf(app, 'accounts'), await countOf(app, 'changes')]).toEqual(before)
      expect(await activationOf(app, client, 'bad')).toMatchObject({ strikes: 1, isQuarantined: false })
    },
  )

  it('does not affect requests in another workspace, or later writes', async () => {
    const client = app.as('member')
    const looping = Promise.all([1, 2].map(() => tryAccount(client, { name: 'loops' })))
    const others = await Promise.all(
      [1, 2, 3, 4].map(() => app.as('admin', 'globex').query('{ accounts { totalCount } }')),
    )
    expect(others.map(({ errors }) => errors)).toEqual([[], [], [], []])
    expect((await looping).map(({ errors }) => errors[0]?.extensions?.['code'])).toEqual([
      'PLUGIN_FAILED',
      'PLUGIN_FAILED',
    ])
    expect(at(await tryAccount(client, { name: 'fine' }), 'account.name')).toBe('fine')
  })

  it('puts its plugin into quarantine after three strikes, but only in the workspace of the failed writes', async () => {
    const client = app.as('member')
    for (let strike = 1; strike <= 3; strike++) await tryAccount(client, { name: 'throws' })
    expect(await activationOf(app, client, 'bad')).toMatchObject({
      strikes: 3,
      isEnabled: true,
      isQuarantined: true,
      reason: 'bad.rule: The secret of the inside.',
    })
    expect(at(await tryAccount(client, { name: 'throws' }), 'account.name')).toBe('throws')
    const elsewhere = await tryAccount(app.as('member', 'globex'), { name: 'throws' })
    expect(elsewhere.errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED' })
    expect(await activationOf(app, app.as('member', 'globex'), 'bad')).toMatchObject({ isQuarantined: false })
  })

  it('has strikes that no longer count towards a quarantine after an hour', async () => {
    const { ownerPool } = app.database
    const { workspaceId } = app.as('member').actor
    await recordStrike(ownerPool, workspaceId, 'bad', 'One.')
    await recordStrike(ownerPool, workspaceId, 'bad', 'Two.')
    await ownerPool.query(`update plugin_activations set last_strike_at = now() - interval '61 minutes'`)
    expect(await recordStrike(ownerPool, workspaceId, 'bad', 'Three.')).toEqual({ strikes: 1, isQuarantined: false })
    await Promise.all(['Four.', 'Five.', 'Six.'].map((reason) => recordStrike(ownerPool, workspaceId, 'bad', reason)))
    expect(await activationOf(app, app.as('member'), 'bad')).toMatchObject({ strikes: 4, isQuarantined: true })
  })
})
