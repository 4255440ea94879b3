import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { captureLog } from '../../support/captured-log.ts'
import { forgetStrikes } from '../guarded-plugin.ts'
import { LEASES, leasesPlugin, runLeases } from '../leases/plugin.ts'

let app: TestApp
const { log } = captureLog()

beforeAll(async () => {
  const plugin = leasesPlugin({ permissions: ['lease:*', 'account.name:read', 'contact:read'] })
  app = await createTestApp({ plugins: [{ plugin, directory: LEASES }], log })
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

/** Returns which of four fields the caller may read of all records. */
async function readable({ canRead }: PluginContext) {
  return {
    accountName: canRead('Account', 'name'),
    industry: canRead('Account', 'industry'),
    firstName: canRead('Contact', 'firstName'),
    rent: canRead('Lease', 'rent'),
  }
}

describe('canRead of the context', () => {
  it('is true for what the caller and the manifest both permit', async () => {
    const { answer } = await runLeases(app.as('admin'), readable)
    expect(answer).toEqual({ accountName: true, industry: false, firstName: true, rent: true })
  })

  it('is false for a permission that covers some records only, and for a caller without one', async () => {
    const caller = await userWho(app, ['account:read', 'lease:read', 'lease.rent:read@own'])
    const { answer } = await runLeases(caller, readable)
    expect(answer).toEqual({ accountName: true, industry: false, firstName: false, rent: false })
  })

  it('throws for an object that does not exist', async () => {
    const { errors } = await runLeases(app.as('admin'), async ({ canRead }) => canRead('Castle', 'name'))
    expect(errors).toMatchObject([{ extensions: { code: 'PLUGIN_FAILED' } }])
  })
})

describe('requireRead of the context', () => {
  it('throws FORBIDDEN with the permission of the first field that the caller may not read', async () => {
    const { errors } = await runLeases(app.as('admin'), async ({ requireRead }) => {
      requireRead([['Account', 'name', 'industry', 'website']], 'leases')
      return 'read'
    })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission: 'account.industry:read' } }])
  })

  it('lets code go on when all fields are readable', async () => {
    const { answer, errors } = await runLeases(app.as('admin'), async ({ requireRead }) => {
      requireRead(
        [
          ['Account', 'name'],
          ['Contact', 'firstName', 'lastName'],
        ],
        'leases',
      )
      return 'read'
    })
    expect({ answer, errors }).toEqual({ answer: 'read', errors: [] })
  })
})

it('uuidOf returns the uuid of a record id, and that of no record for another object or a malformed id', async () => {
  const uuid = '0190a5e0-0000-7000-8000-000000000001'
  const id = encodeId('account', uuid)
  const { answer } = await runLeases(app.as('admin'), async ({ uuidOf }) => [
    uuidOf('Account', id),
    uuidOf('Contact', id),
    uuidOf('Account', 'account_1'),
  ])
  const none = '00000000-0000-0000-0000-000000000000'
  expect(answer).toEqual([uuid, none, none])
})
