import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setPasswordByToken } from '../../src/platform/identity/passwords/setup-tokens.ts'
import { at, errorCodes, textAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { shortToken } from '../support/tokens.ts'
import { documentOf, done, refusalsOf, send, userId } from './administration.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

async function addUser(email: string): Promise<string> {
  return textAt(await done(app.as('admin'), 'createUser', { email, displayName: email }, 'user { id }'), 'user.id')
}

describe('passwords', () => {
  it('are reset by an administrator, who gets a setup token; the token is returned once and is in no table as plain text', async () => {
    const admin = app.as('admin')
    const id = await addUser('new@acme.example')
    const document = documentOf('resetPassword', 'user { email } token: setupToken expiresAt')
    const headers = { 'idempotency-key': 'reset-1' }
    const first = await admin.must(document, { input: { userId: id } }, headers)
    const token = textAt(first, 'resetPassword.token')
    expect(token).toMatch(/^rps_/)
    expect(at(first, 'resetPassword')).toMatchObject({ user: { email: 'new@acme.example' }, userErrors: [] })
    const again = await admin.query(document, { input: { userId: id } }, headers)
    expect(errorCodes(again)).toEqual(['SECRET_TOLD_ONCE'])
    expect(at(again.data, 'resetPassword')).toEqual({ ...Object(at(first, 'resetPassword')), token: null })
    expect(await databaseHolds(token)).toEqual([])
    expect(await refusalsOf(admin, 'resetPassword', { userId: await userId(app, 'member', 'globex') })).toEqual([
      'NOT_FOUND input.userId',
    ])
  })

  it('are changed by their user, who has to send the current password; the new password is in no table as plain text', async () => {
    const id = await addUser('self@acme.example')
    const { setupToken } = Object(await send(app.as('admin'), 'resetPassword', { userId: id }, 'setupToken'))
    const { actorId, workspaceId } = await setPasswordByToken(
      app.database.ownerPool,
      String(setupToken),
      'a rather long phrase',
    )
    const self = app.withCredential(await shortToken(app, { workspaceId, id: actorId, email: '' }, 60))
    const change = (currentPassword: string, newPassword: string) =>
      refusalsOf(self, 'changePassword', { currentPassword, newPassword })
    expect(await change('not the one I have', 'another quite long phrase')).toEqual([
      'PASSWORD_WRONG input.currentPassword',
    ])
    expect(await change('a rather long phrase', 'short')).toEqual(['PASSWORD_TOO_SHORT input.newPassword'])
    expect(await change('a rather long phrase', 'another quite long phrase')).toEqual([])
    expect(await databaseHolds('another quite long phrase')).toEqual([])
    const input = { currentPassword: 'another quite long phrase', newPassword: 'a third one, long too' }
    const refused = await self.query(documentOf('changePassword'), { input }, { 'idempotency-key': 'p' })
    expect(errorCodes(refused)).toEqual(['BAD_USER_INPUT'])
    expect(await change('another quite long phrase', 'a third one, long too')).toEqual([])
  })
})

/** The names of the tables that contain a text in any row. */
async function databaseHolds(text: string): Promise<string[]> {
  const { ownerPool } = app.database
  const tables = await ownerPool.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  )
  const found: string[] = []
  for (const { name } of tables.rows) {
    const { rowCount } = await ownerPool.query(`select 1 from "${name}" t where strpos(t::text, $1) > 0 limit 1`, [
      text,
    ])
    if (rowCount) found.push(name)
  }
  return found
}
