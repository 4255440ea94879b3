import { z } from 'zod'
import type { Plugin } from '../../platform/declare/plugin.ts'
import { PLUGIN_API_VERSION } from '../../platform/declare/plugin.ts'
import type { PluginPlan } from '../../platform/plugins/lifecycle/plan-plugin.ts'
import { describeRoutes } from './describe-routes.ts'

/** Returns the lines that describe what adding or upgrading a plugin would do. */
export function describePlan(plan: PluginPlan): string[] {
  const { target, row } = plan
  const problems = [...plan.problems, ...plan.drift]
  const description = target === null ? [`Plugin ${plan.source}`] : describeTarget(plan, target.plugin)
  const installed = row === null || target === null ? [] : [`Installed: ${row.version} (${row.state.toLowerCase()})`]
  return [
    ...description,
    ...installed,
    '',
    ...(problems.length === 0
      ? ['No problems were found.', ...nextStep(plan)]
      : ['Problems:', ...problems.map((problem) => `- ${problem}`)]),
  ]
}

/** Returns the command that carries out a plan without problems. */
function nextStep({ source, target, row }: PluginPlan): string[] {
  if (target === null) return []
  const { id, version } = target.plugin
  if (row === null || row.state !== 'INSTALLED') return [`To install it: rapport plugin add ${source}`]
  return row.version === version
    ? [`Version ${version} is installed: there is nothing to do.`]
    : [`To upgrade it: rapport plugin upgrade ${id}`]
}

function describeTarget(
  { source, row, dependencies, unrestrictedFiles, migrations, schema }: PluginPlan,
  plugin: Plugin,
): string[] {
  return [
    `Plugin ${plugin.id} ${plugin.version} from ${source}`,
    plugin.description,
    `Plugin API: ${plugin.api} (this is ${PLUGIN_API_VERSION})`,
    ...section(
      'Depends on',
      dependencies.map(({ id, range, version }) => `${id} ${range}: ${version ?? 'not installed'}`),
    ),
    ...section(
      'Conflicts with',
      Object.entries(plugin.conflicts ?? {}).map(([id, range]) => `${id} ${range}`),
    ),
    ...describeRights(plugin),
    ...section('Files whose code may read records that are hidden from the caller (`unrestricted`)', unrestrictedFiles),
    ...section('Settings', settingsOf(plugin, row?.settings ?? {})),
    ...section(
      'Personal data',
      (plugin.personalData ?? []).map(({ model, columns, purpose }) => `${model} (${columns.join(', ')}): ${purpose}`),
    ),
    ...section('Rules', rulesOf(plugin)),
    ...section('Access rules, which hide records of the object or refuse writes to them', accessRulesOf(plugin)),
    ...section('Background work', backgroundOf(plugin)),
    ...section(
      'Records that it creates in each workspace that enables it',
      (plugin.seeds ?? []).map(({ name, description }) => `${plugin.id}.${name}: ${description}`),
    ),
    ...section('Breaking changes for clients of the GraphQL API', schema?.breaking ?? []),
    ...section('Possibly breaking changes for clients of the GraphQL API', schema?.dangerous ?? []),
    ...section('Adds to the GraphQL API', schema?.safe ?? []),
    ...migrations.flatMap(({ name, sql }) => [
      '',
      `SQL of ${name}:`,
      ...sql
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`),
    ]),
  ]
}

/**
 * Returns the lines that list the rights of a plugin, which the operator has to confirm: the permissions of its code,
 * the tables of core and other plugins that it reads, and the HTTP routes through which other systems can run it.
 */
export function describeRights(plugin: Plugin): string[] {
  const { permissions = [], reads = [] } = plugin
  return [
    ...section("Permissions of the plugin's code", permissions),
    ...section('Tables of core and other plugins that its SQL reads', reads),
    ...section('HTTP routes, which other systems can call', describeRoutes(plugin)),
  ]
}

/** @param present Settings of the installation that are set. */
function settingsOf({ id, settings }: Plugin, present: Readonly<Record<string, unknown>>): string[] {
  return [
    ...Object.entries(settings?.installation?.shape ?? {}).map(([name, schema]) => {
      const isMissing = !Object.hasOwn(present, name) && !z.safeParse(schema, undefined).success
      const command = `; missing: once the plugin is installed, run: rapport plugin set ${id} ${name}=…`
      return `${name}, for the installation${isMissing ? command : ''}`
    }),
    ...Object.keys(settings?.workspace?.shape ?? {}).map((name) => `${name}, for each workspace`),
    ...Object.entries(settings?.secrets ?? {}).map(
      ([name, purpose]) => `${name}, a secret of each workspace: ${purpose}`,
    ),
  ]
}

function rulesOf({ rules = [] }: Plugin): string[] {
  return rules.map((rule) => {
    const target = 'object' in rule ? `${rule.on.join(', ')} of ${rule.object}` : rule.operation
    return `${rule.name} on ${target}: ${rule.description}`
  })
}

function accessRulesOf({ accessRules = [] }: Plugin): string[] {
  return accessRules.map(({ name, on, object, description, isIntegral }) => {
    const integral = isIntegral ? ' Administrators cannot disable it.' : ''
    return `${name} on ${on.join(', ')} of ${object}: ${description}${integral}`
  })
}

/** Returns the handlers, with the changes that they get, and the jobs, with their schedules. */
function backgroundOf({ handlers = [], jobs = [] }: Plugin): string[] {
  return [
    ...handlers.map(({ name, on, description }) => `${name}, after changes of ${on.types.join(', ')}: ${description}`),
    ...jobs.map(({ name, schedule, description }) => {
      const when = schedule === undefined ? 'when code enqueues it' : `at ${schedule} (cron, UTC)`
      return `${name}, ${when}: ${description}`
    }),
  ]
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `- ${line}`)]
}
