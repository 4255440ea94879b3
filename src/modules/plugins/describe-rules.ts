import type { Plugin } from '../../platform/declare/plugin.ts'
import type { Activation } from '../../platform/plugins/host/activation.ts'
import type { Registry } from '../../platform/registry/object-type.ts'
import { listRules } from '../../platform/registry/rule-order.ts'
import { ruleTimings } from '../../platform/writes/rules/rule-timings.ts'

/**
 * Returns a plugin's rules in the order in which they run, as values of the GraphQL type `PluginRule`. The counts and
 * durations cover only the runs in this server process.
 */
export function describeRules(
  registry: Registry,
  plugin: Plugin,
  activation: Activation | undefined,
): Readonly<Record<string, unknown>>[] {
  const timings = new Map(ruleTimings().map((timing) => [timing.name, timing]))
  const own = listRules(registry).filter((rule) => rule.plugin === plugin.id)
  return own.map(({ name, description, subject, on, position, isIntegral }) => {
    const timing = timings.get(name)
    return {
      name,
      description,
      target: subject,
      on,
      position,
      isEnabled: activation?.isEnabled === true && !activation.disabledRules.includes(name),
      isIntegral,
      runCount: timing?.count ?? 0,
      failureCount: timing?.failures ?? 0,
      averageMicroseconds: timing ? Math.round(timing.totalMicroseconds / timing.count) : null,
      maxMicroseconds: timing ? Math.round(timing.maxMicroseconds) : null,
    }
  })
}
