import type { Pool } from 'pg'
import { coreParts } from '../../core.ts'
import { findDrift } from '../../platform/plugins/tables/drift.ts'
import { type Finding, good, problem, warning } from './finding.ts'

/** Reports differences between the installed plugins and the database or `rapport.config.ts`. Changes nothing. */
export async function examinePlugins(ownerPool: Pool, configPath: string): Promise<Finding[]> {
  const drift = await findDrift(ownerPool, await coreParts(), configPath)
  if (drift.length === 0) return [good('Plugins', 'all are the same as when they were installed.')]
  return drift.map(({ subject, message, isProblem }) => (isProblem ? problem : warning)(subject, message))
}
