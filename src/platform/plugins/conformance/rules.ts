import { encodeId } from '../../schema/ids.ts'
import type { Registry } from '../../schema/registry.ts'
import type { RecordRule, Rule } from '../../operations/define.ts'
import { ruleTimings } from '../../operations/rule-timings.ts'
import type { Plugin } from '../plugin.ts'
import { codesOf, type ConformanceApp } from './app.ts'
import type { Finding } from './finding.ts'
import { objectOfInput } from './parts.ts'
import { sampleDocument } from './samples/documents.ts'
import { type SampleRows, sampleRows } from './samples/rows.ts'
import type { IdFor } from './samples/inputs.ts'

const WRITES = ['create', 'update', 'delete', 'restore']

/**
 * Makes a sample write that each rule of the plugin looks at. A rule may refuse it; one that throws or takes longer than its
 * budget is a problem.
 */
export async function ruleProblems(app: ConformanceApp, plugin: Plugin): Promise<Omit<Finding, 'check'>> {
  const rows = sampleRows(app.owner, app.runtime.registry.models, app.workspaceId('acme'), app.adminId('acme'))
  const problems = new Set<string>()
  for (const rule of plugin.rules ?? []) {
    for (const mutation of mutationsOf(app.runtime.registry, rule)) {
      const field = app.runtime.schema.getMutationType()?.getFields()[mutation]
      if (!field) continue
      const ids = await sampleIds(app.runtime.registry, rows, 'object' in rule ? rule : null)
      const { document, variables } = sampleDocument('mutation', field, ids)
      const answer = await app.ask('admin', 'acme', document, variables)
      const failed = answer.errors.find((_, index) => codesOf(answer)[index] === 'PLUGIN_FAILED')
      if (failed) problems.add(`${mutation}: ${failed.message}`)
    }
  }
  const ran = new Set(ruleTimings().map(({ name }) => name))
  const notes = (plugin.rules ?? [])
    .filter(({ name }) => !ran.has(name))
    .map(({ name }) => `${name} was not run: no sample write reaches it`)
  return { problems: [...problems], notes }
}

function mutationsOf(registry: Registry, rule: Rule): string[] {
  if (!('object' in rule)) return [rule.operation]
  const object = registry.objects.get(rule.object)
  const created = object && object.variants.size > 0 ? [...object.variants.values()].map(({ name }) => `log${name}`) : [`create${rule.object}`]
  return rule.on.flatMap((on) => (on === 'create' ? created : WRITES.includes(on) ? [`${on}${rule.object}`] : [on]))
}

/** Ids of sample rows that are there, made as far as the database allows it. */
async function sampleIds(registry: Registry, rows: SampleRows, rule: RecordRule | null): Promise<IdFor> {
  const ids = new Map<string, string>()
  for (const object of registry.objects.values()) {
    if (!object.isNode) continue
    const row = await rows.of(object.model.name).catch(() => null)
    if (row) ids.set(object.name, encodeId(object.prefix, String(row['id'])))
  }
  return (field) => {
    const object = field === 'id' && rule ? registry.objects.get(rule.object) : objectOfInput(registry, field)
    return ids.get(object?.name ?? 'Account') ?? ids.get('Account') ?? ''
  }
}
