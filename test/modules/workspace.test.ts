import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, textAt, textsAt } from '../../src/testing/answers.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp, type TestWorkspace } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import { done, expectForbidden, expectRefused } from './administration.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const WORKSPACE = 'workspace { version slug name defaultCurrency auditRetentionDays }'

async function idOf(workspace: TestWorkspace): Promise<string> {
  return textAt(await app.as('admin', workspace).must('{ viewer { workspace { id } } }'), 'viewer.workspace.id')
}

describe('the workspace', () => {
  it('can be updated by an administrator, with each update in the history and the log, but not with a stale version', async () => {
    const admin = app.as('admin')
    const id = await idOf('acme')
    const input = { id, version: 1, name: 'Acme Corp', defaultCurrency: 'EUR', auditRetentionDays: 365 }
    expect(at(await done(admin, 'updateWorkspace', input, WORKSPACE), 'workspace')).toEqual({
      version: 2,
      slug: 'acme',
      name: 'Acme Corp',
      defaultCurrency: 'EUR',
      auditRetentionDays: 365,
    })
    await expectRefused(app, admin, 'updateWorkspace', { ...input, name: 'Late' }, ['STALE_VERSION input.version'])
    await done(admin, 'updateWorkspace', { id, version: 2, auditRetentionDays: null }, WORKSPACE)
    await logSettled(app)
    const seen = await admin.must(
      `query ($id: ID!) {
        viewer { workspace { auditRetentionDays history { nodes { operation } } } }
        changes(last: 2, filter: { recordIds: [$id] }) { nodes { changedFields record { ... on Workspace { name } } } }
      }`,
      { id },
    )
    expect(at(seen, 'viewer.workspace.auditRetentionDays')).toBeNull()
    expect(textsAt(seen, 'viewer.workspace.history.nodes', 'operation')).toEqual(['UPDATED', 'UPDATED'])
    expect(at(seen, 'changes.nodes.1')).toEqual({
      changedFields: ['auditRetentionDays'],
      record: { name: 'Acme Corp' },
    })
  })

  it('cannot be updated with invalid input, nor by an administrator of another workspace', async () => {
    const admin = app.as('admin', 'globex')
    const id = await idOf('globex')
    const wrong: readonly [object, string][] = [
      [{ name: '' }, 'INVALID input.name'],
      [{ name: null }, 'INVALID input.name'],
      [{ defaultCurrency: 'EURO' }, 'INVALID input.defaultCurrency'],
      [{ auditRetentionDays: 0 }, 'INVALID input.auditRetentionDays'],
      [{ timeZone: 'Berlin' }, 'INVALID input.timeZone'],
      [{ fiscalYearStartMonth: 13 }, 'INVALID input.fiscalYearStartMonth'],
    ]
    for (const [input, reason] of wrong)
      await expectRefused(app, admin, 'updateWorkspace', { id, version: 1, ...input }, [reason])
    await expectRefused(app, admin, 'updateWorkspace', { id: await idOf('acme'), version: 1, name: 'X' }, [
      'NOT_FOUND input.id',
    ])
  })

  it('cannot be updated by members and readers, and by a user with permission for one field only in this field', async () => {
    const id = await idOf('globex')
    for (const role of ['member', 'reader'] as const)
      await expectForbidden(app, app.as(role, 'globex'), 'updateWorkspace', { id, version: 1, name: 'No' })
    const clerk = await userWho(app, ['workspace:read', 'workspace.name:update'], { workspace: 'globex' })
    await expectForbidden(app, clerk, 'updateWorkspace', { id, version: 1, defaultCurrency: 'CHF' })
    await done(clerk, 'updateWorkspace', { id, version: 1, name: 'By a clerk' }, 'workspace { name }')
  })

  it('can be updated in auditRetentionDays only by a user with a grant on this field or with workspace:*', async () => {
    const id = await idOf('globex')
    const version = Number(
      at(await app.as('admin', 'globex').must('{ viewer { workspace { version } } }'), 'viewer.workspace.version'),
    )
    const days = { id, version, auditRetentionDays: 1 }
    const clerk = await userWho(app, ['workspace:read', 'workspace:update'], { workspace: 'globex' })
    await expectForbidden(app, clerk, 'updateWorkspace', days)
    const auditor = await userWho(app, ['workspace:read', 'workspace.auditRetentionDays:update'], {
      workspace: 'globex',
    })
    await done(auditor, 'updateWorkspace', days, 'workspace { id }')
    const seen = await clerk.must('{ viewer { workspace { auditRetentionDays } } }')
    expect(at(seen, 'viewer.workspace.auditRetentionDays')).toBe(1)
    const whole = await userWho(app, ['workspace:*'], { workspace: 'globex' })
    await done(whole, 'updateWorkspace', { ...days, version: version + 1, auditRetentionDays: null }, WORKSPACE)
  })
})
