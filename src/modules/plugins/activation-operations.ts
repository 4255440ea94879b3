import { defineOperation, type Operation } from '../../platform/declare/rules/operation.ts'
import * as activation from '../../platform/plugins/host/activation.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { describePlugin } from './describe-plugins.ts'
import { pluginPayload } from './plugin-type.ts'

export const enablePlugin = activationOperation(
  'enablePlugin',
  'Enables a plugin in this workspace: from the next request on, its types are in the schema and its rules run. The first time, it also creates the records that the plugin needs to begin with. Ends a quarantine of the plugin.',
  activation.enablePlugin,
)

export const disablePlugin = activationOperation(
  'disablePlugin',
  'Disables a plugin in this workspace: from the next request on, its types are not in the schema and its rules do not run. Its data is kept. Refused while the workspace has enabled another plugin that depends on this one.',
  activation.disablePlugin,
)

function activationOperation(name: string, description: string, apply: typeof activation.enablePlugin): Operation {
  return defineOperation({
    name,
    description,
    permission: 'plugin:update',
    input: { pluginId: { type: 'String', isRequired: true, description: 'Id of the plugin, such as `nonprofit`.' } },
    payload: pluginPayload,
    async run(input, context) {
      const work = workOf(context)
      const pluginId = String(input['pluginId'])
      const userErrors = await apply(work, pluginId)
      return { values: { plugin: userErrors.length > 0 ? null : await describePlugin(work, pluginId) }, userErrors }
    },
  })
}
