import { definePlugin } from '../../platform/declare/plugin.ts'
import { disablePlugin, enablePlugin } from './activation-operations.ts'
import { retryPluginJobRun, runPluginJob } from './job-operations.ts'
import { plugins as pluginsQuery } from './plugin-list.ts'
import { disableRule, enableRule } from './plugin-rules.ts'
import { updatePluginSettings } from './plugin-settings-operations.ts'

export const plugins = definePlugin({
  id: 'plugins',
  description: 'The plugins of the installation: which of them the workspace uses, with which settings and rules.',
  version: '1.0.0',
  api: '^1.0.0',
  queries: [pluginsQuery],
  operations: [
    enablePlugin,
    disablePlugin,
    updatePluginSettings,
    enableRule,
    disableRule,
    runPluginJob,
    retryPluginJobRun,
  ],
})
