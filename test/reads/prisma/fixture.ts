import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import type { Runtime } from '../../../src/platform/request/context.ts'
import { DEFAULT_LIMITS } from '../../../src/server/limits/limits.ts'
import { DEVELOPMENT } from '../../../src/server/server-settings.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../../support/app.ts'
import { clientsOf, type WithBoth } from './compare.ts'
import { addPeople, type Caller, type CallerRights } from './data/callers.ts'
import { fillTables } from './data/fill.ts'
import { askApi, publishedColumns } from './shown/ask-api.ts'
import { createShadow } from './shown/shadow.ts'
import { readStored, type ShownRows, type StoredRows } from './shown/stored-rows.ts'

/** An app with filled tables, and what its API shows some callers of them. */
export interface ShownFixture {
  readonly app: TestApp
  readonly runtime: Runtime
  readonly stored: StoredRows
  /** Names of the models of which the API shows rows. */
  readonly models: ReadonlySet<string>
  readonly callers: readonly ShownCaller[]
}

export interface ShownCaller extends Caller {
  readonly shown: ShownRows
  readonly withBoth: WithBoth
}

/** Limits that let one request ask for all that the oracle wants to know of an object. */
const UNLIMITED = { ...DEVELOPMENT, limits: { ...DEFAULT_LIMITS, sameField: 1_000, cost: 10_000_000 } }

/**
 * Starts an app, fills its tables with records of people with these rights, and asks its API for everything as some of
 * them. Prisma reads for `reader`, which is
 * one of the plugins.
 */
export async function openShownFixture(
  plugins: NonNullable<TestAppOptions['plugins']>,
  reader: Plugin,
  rights: Readonly<Record<string, CallerRights>>,
  callerNames: readonly string[] = Object.keys(rights),
): Promise<ShownFixture> {
  const app = await createTestApp({ plugins, settings: UNLIMITED })
  const { ownerPool } = app.database
  const runtime = app.host.runtimeFor(plugins.map(({ plugin }) => plugin.id))
  const { registry } = runtime
  const { workspaceId } = app.as('admin').actor
  const people = await addPeople(app, rights)
  await fillTables({ ownerPool, registry, workspaceId, ...people })
  const stored = await readStored(ownerPool, registry.models, workspaceId)
  const callers: ShownCaller[] = []
  // The rights of the callers alone are compared: what the manifest does not let the plugin read is refused.
  const plugin = { ...reader, permissions: ['*:*'] as const }
  for (const caller of await people.callers()) {
    if (!callerNames.includes(caller.name)) continue
    const shadow = `shown_${callers.length}`
    const shown = await askApi(registry, stored, caller)
    await createShadow(ownerPool, registry, shadow, shown, reader.id)
    callers.push({ ...caller, shown, withBoth: clientsOf({ runtime, actor: caller.actor, plugin, shadow }) })
  }
  return { app, runtime, stored, models: new Set(publishedColumns(registry).keys()), callers }
}
