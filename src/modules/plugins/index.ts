import { definePlugin } from '../../platform/plugins/plugin.ts'
import { disablePlugin, enablePlugin } from './activation.ts'
import { plugins as pluginsQuery } from './list.ts'
import { disableRule, enableRule } from './rules.ts'
import { updatePluginSettings } from './settings.ts'

/** Which plugins a workspace uses, with which settings and rules. */
export const plugins = definePlugin({
  id: 'plugins',
  description: 'The plugins of the installation: which of them the workspace uses, with which settings and rules.',
  version: '1.0.0',
  api: '^1.0.0',
  queries: [pluginsQuery],
  operations: [enablePlugin, disablePlugin, updatePluginSettings, enableRule, disableRule],
})
