import { defineOperation, type Operation } from '../../platform/declare/rules/operation.ts'
import * as activation from '../../platform/plugins/host/activation.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { describePlugin } from './describe-plugins.ts'
import { pluginPayload } from './plugin-type.ts'

/** `enablePlugin`: from the workspace's next request on its types are there and its rules run. */
export const enablePlugin = switching(
  'enablePlugin',
  'Makes the workspace use a plugin: its types are in the schema and its rules run from the next request on. Ends a quarantine.',
  activation.enablePlugin,
)

/** `disablePlugin`: its data stays. */
export const disablePlugin = switching(
  'disablePlugin',
  'Makes the workspace do without a plugin: its types leave the schema and its rules stop. Its data stays.',
  activation.disablePlugin,
)

function switching(name: string, description: string, act: typeof activation.enablePlugin): Operation {
  return defineOperation({
    name,
    description,
    permission: 'plugin:update',
    input: { pluginId: { type: 'String', isRequired: true, description: 'Id of the plugin, such as `nonprofit`.' } },
    payload: pluginPayload,
    async run(input, context) {
      const work = workOf(context)
      const pluginId = String(input['pluginId'])
      const userErrors = await act(work, pluginId)
      return { values: { plugin: userErrors.length > 0 ? null : await describePlugin(work, pluginId) }, userErrors }
    },
  })
}
