import type { Plugin } from '../../../declare/plugin.ts'
import type { Finding } from '../finding.ts'
import type { RootField } from '../root-parts.ts'
import { sampleIds } from '../samples/sample-ids.ts'
import { samplePayloads } from '../samples/sample-payloads.ts'
import { sampleRows } from '../samples/sample-rows.ts'
import type { ConformanceApp } from '../trial-app.ts'
import { runHandlers, runJobs } from './background-checks.ts'
import { runForCallers } from './caller-checks.ts'
import { createPartReport } from './part-report.ts'

/**
 * Runs each query, act, operation, handler and job of the plugin with sample values and records. Returns a problem for
 * each that throws an error or takes too long. Secrets are not set, so a part has to cope without them. Its seeds have
 * run when the app was created, and its rules have a check of their own.
 */
export async function partProblems(
  app: ConformanceApp,
  plugin: Plugin,
  rootFields: readonly RootField[],
): Promise<Omit<Finding, 'check'>> {
  const { registry } = app.runtime
  const report = createPartReport()
  await setInstallation(app, plugin)
  const rows = sampleRows(app.ownerPool, registry.models, app.workspaceId('acme'), app.adminId('acme'))
  const ids = await sampleIds(registry, rows)
  await runForCallers(app, plugin, rootFields, { rows, ids }, report)
  await runHandlers(app, plugin, ids, report)
  await runJobs(app, plugin, ids, report)
  return report.result()
}

/** Sets the settings of the installation that have no default, as the operator has to before the plugin works. */
async function setInstallation({ ownerPool }: ConformanceApp, { id, settings }: Plugin): Promise<void> {
  const schema = settings?.installation
  if (!schema || schema.safeParse({}).success) return
  const [sample] = samplePayloads(schema, () => undefined)
  if (sample) await ownerPool.query('update installed_plugins set settings = $2 where id = $1', [id, sample])
}
