import { afterAll, beforeAll, expect, it } from 'vitest'
import { budgetNow } from '../../../src/platform/sandbox/time-limit.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { activationOf } from '../guarded-plugin.ts'
import { createAccountWith, TALLY, tally } from '../tally/plugin.ts'

// This file runs in a process of its own, in which nothing has used Prisma Client before.

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: tally, directory: TALLY }] })
})
afterAll(() => app.close())

it('the first use of `prisma` in a process counts against the budget of the rule only as a later use would', async () => {
  const timed = { wall: 0, counted: 0, accounts: -1 }
  const { account, errors } = await createAccountWith(app.as('admin'), 'before', async ({ prisma }) => {
    const [wall, counted] = [performance.now(), budgetNow()]
    timed.accounts = await prisma.account.count()
    timed.wall = performance.now() - wall
    timed.counted = budgetNow() - counted
  })
  expect([errors, at(account, 'id'), timed.accounts]).toEqual([[], expect.any(String), 0])
  // Both times grow alike on a busy machine.
  expect(timed.counted).toBeLessThan(timed.wall / 2)
  expect(await activationOf(app, app.as('admin'), 'tally')).toMatchObject({ strikes: 0 })
})
