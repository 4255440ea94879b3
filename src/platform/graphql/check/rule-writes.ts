import type { Plugin } from '../../declare/plugin.ts'
import type { RecordRule } from '../../declare/rules/rule.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import { requireDependency } from '../../registry/declaring-plugins.ts'
import type { Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'

const KINDS = ['create', 'update', 'delete', 'restore']

/**
 * Checks that the writes for which a rule is declared exist. A rule for a write that does not exist would never run,
 * and its author would not notice.
 * @throws CompositionError that names the plugin, the rule and the existing writes.
 */
export function checkRuleWrites(registry: Registry, plugin: Plugin, rule: RecordRule): void {
  const object = objectNamed(registry, rule.object)
  const mutations = KINDS.map((kind) => `${kind === 'create' && object.discriminator ? 'log' : kind}${object.name}`)
  const acts = registry.plugins.flatMap(({ id, acts = [] }) =>
    acts.filter((act) => act.object === object.name).map(({ name }) => ({ id, name })),
  )
  for (const write of rule.on) {
    if (KINDS.includes(write) || mutations.includes(write)) continue
    const act = acts.find(({ name }) => name === write)
    if (!act)
      throw new CompositionError(
        `${plugin.id}: the rule ${rule.name} is on ${write}, which is not a write to ${object.name}. The writes are: ${[...KINDS, ...acts.map(({ name }) => name)].join(', ')}.`,
      )
    requireDependency(registry, plugin.id, act.id, `the act ${write} (the rule ${rule.name})`)
  }
}
