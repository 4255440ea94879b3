import { sql } from '../../platform/data/sql.ts'
import { defineOperation, type Operation } from '../../platform/declare/rules/operation.ts'
import { invalid, notFound } from '../../platform/declare/rules/user-errors.ts'
import { logActivationChange, readActivations } from '../../platform/plugins/host/activation.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { describePlugin } from './describe-plugins.ts'
import { pluginPayload } from './plugin-type.ts'

export const enableRule = ruleOperation(
  'enableRule',
  'Enables a rule of a plugin that was disabled in this workspace: from the next request on, the rule runs again.',
  true,
)

export const disableRule = ruleOperation(
  'disableRule',
  'Disables a rule of a plugin in this workspace: from the next request on, the rule does not run. Refused for a rule whose `isIntegral` is true.',
  false,
)

const PATH = ['input', 'rule']

function ruleOperation(name: string, description: string, isEnabled: boolean): Operation {
  return defineOperation({
    name,
    description,
    permission: 'plugin:update',
    input: {
      rule: {
        type: 'String',
        isRequired: true,
        description: 'Name of the rule, such as `nonprofit.notCalled`.',
      },
    },
    payload: pluginPayload,
    async run(input, context) {
      const work = workOf(context)
      const ruleName = String(input['rule'])
      const refuse = (userError: ReturnType<typeof invalid>) => ({ values: { plugin: null }, userErrors: [userError] })
      const activations = await readActivations(work, { lock: true })
      const declaring = work.context.runtime.host.loaded.find(({ plugin }) =>
        plugin.rules?.some((rule) => rule.name === ruleName),
      )
      const activation = declaring && activations.get(declaring.plugin.id)
      if (!declaring || !activation)
        return refuse(notFound(PATH, 'A rule with this name, of a plugin that this workspace uses,'))
      const rule = declaring.plugin.rules?.find((each) => each.name === ruleName)
      if (rule?.isIntegral && !isEnabled)
        return refuse(
          invalid(
            PATH,
            `The rule ${ruleName} can't be disabled: without it, the data of ${declaring.plugin.id} would become inconsistent.`,
          ),
        )
      const wasEnabled = !activation.disabledRules.includes(ruleName)
      if (wasEnabled !== isEnabled) {
        const others = activation.disabledRules.filter((other) => other !== ruleName)
        const disabledRules = isEnabled ? others : [...others, ruleName].sort()
        await logActivationChange(work, activation, {
          disabledRules: { from: activation.disabledRules, to: disabledRules },
        })
        await work.transaction.query(
          sql`update plugin_activations set disabled_rules = ${disabledRules}::text[]
              where workspace_id = ${work.transaction.workspaceId}::uuid and id = ${activation.id}::uuid`,
        )
      }
      return { values: { plugin: await describePlugin(work, declaring.plugin.id) }, userErrors: [] }
    },
  })
}
