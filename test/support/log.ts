import { vi } from 'vitest'
import { textAt } from '../../src/testing/answers.ts'
import type { TestApp } from './app.ts'

const LIMIT_MS = 20_000

/** The cursor of the last change in `acme`. A stream after it returns everything that is written from now on. */
export async function logEnd(app: Pick<TestApp, 'as'>): Promise<string> {
  const log = await app.as('reader').must<unknown, object>('{ changes(last: 1) { pageInfo { endCursor } } }')
  return textAt(log, 'changes.pageInfo.endCursor')
}

/**
 * Waits until the log shows all changes that were committed so far. It shows only changes that are older than the
 * oldest running transaction of the whole cluster, and other test files hold transactions open there.
 */
export async function logSettled(app: Pick<TestApp, 'database'>): Promise<void> {
  const pending =
    'select exists (select from changes where xid >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint) as pending'
  await vi.waitFor(
    async () => {
      const { rows } = await app.database.ownerPool.query<{ pending: boolean }>(pending)
      if (rows[0]?.pending !== false)
        throw new Error('A transaction that began before the last change is still running.')
    },
    { timeout: LIMIT_MS, interval: 20 },
  )
}
