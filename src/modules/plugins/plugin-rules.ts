import { sql } from '../../platform/data/sql.ts'
import { defineOperation, type Operation } from '../../platform/declare/rules/operation.ts'
import { invalid, notFound } from '../../platform/declare/rules/user-errors.ts'
import { logActivationChange, readActivations } from '../../platform/plugins/host/activation.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { describePlugin } from './describe-plugins.ts'
import { pluginPayload } from './plugin-type.ts'

/** `enableRule` */
export const enableRule = switching('enableRule', 'Makes a rule run in this workspace again.', true)

/** `disableRule` */
export const disableRule = switching('disableRule', 'Switches a rule of a plugin off in this workspace.', false)

const PATH = ['input', 'rule']

function switching(name: string, description: string, isEnabled: boolean): Operation {
  return defineOperation({
    name,
    description,
    permission: 'plugin:update',
    input: {
      rule: {
        type: 'String',
        isRequired: true,
        description: 'Name of the rule, such as `nonprofit.deceasedNotCalled`.',
      },
    },
    payload: pluginPayload,
    async run(input, context) {
      const work = workOf(context)
      const ruleName = String(input['rule'])
      const refuse = (userError: ReturnType<typeof invalid>) => ({ values: { plugin: null }, userErrors: [userError] })
      const activations = await readActivations(work, { lock: true })
      const pluginId = work.context.runtime.host.loaded.find(({ plugin }) =>
        plugin.rules?.some((rule) => rule.name === ruleName),
      )
      const activation = pluginId && activations.get(pluginId.plugin.id)
      if (!pluginId || !activation)
        return refuse(notFound(PATH, 'A rule of that name of a plugin that this workspace uses'))
      const rule = pluginId.plugin.rules?.find((each) => each.name === ruleName)
      if (rule?.isIntegral && !isEnabled)
        return refuse(
          invalid(
            PATH,
            `${ruleName} can't be switched off: the data of ${pluginId.plugin.id} would not hold together.`,
          ),
        )
      const isNow = !activation.disabledRules.includes(ruleName)
      if (isNow !== isEnabled) {
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
      return { values: { plugin: await describePlugin(work, pluginId.plugin.id) }, userErrors: [] }
    },
  })
}
