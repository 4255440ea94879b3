import pino from 'pino'
import type { Handler } from '../../../src/platform/declare/handler.ts'
import type { Job } from '../../../src/platform/declare/job.ts'
import { definePlugin, type Plugin } from '../../../src/platform/declare/plugin.ts'
import type { Background } from '../../../src/platform/plugins/background/background.ts'
import type { TestApp } from '../../support/app.ts'

/** A plugin with the given handlers and jobs, which may read and write accounts and contacts. */
export function shipping(parts: { readonly handlers?: readonly Handler[]; readonly jobs?: readonly Job[] }): Plugin {
  return definePlugin({
    id: 'shipping',
    description: 'Something to test with.',
    version: '1.0.0',
    api: '^1.0.0',
    permissions: ['account:read', 'account:create', 'account:update', 'contact:read', 'contact:create'],
    ...parts,
  })
}

/** The parts of a test app that handlers and jobs need. */
export function backgroundOf(app: TestApp): Background {
  return { database: app.database, host: app.host, log: pino({ level: 'silent' }) }
}

/** Names of the accounts of a workspace, oldest first. */
export async function accountNames(app: TestApp, workspaceId: string): Promise<string[]> {
  const { rows } = await app.database.ownerPool.query<{ name: string }>(
    'select name from accounts where workspace_id = $1 order by id',
    [workspaceId],
  )
  return rows.map(({ name }) => name)
}

/** Enables, disables or quarantines all plugins of a workspace directly in the database. */
export async function setActivation(
  app: TestApp,
  workspaceId: string,
  state: 'ENABLED' | 'DISABLED' | 'QUARANTINED',
): Promise<void> {
  await app.database.ownerPool.query(
    `update plugin_activations set is_enabled = $2, quarantined_at = case when $3 then now() end where workspace_id = $1`,
    [workspaceId, state !== 'DISABLED', state === 'QUARANTINED'],
  )
}
