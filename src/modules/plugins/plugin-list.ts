import { defineQuery } from '../../platform/declare/query.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { describePlugins } from './describe-plugins.ts'
import { pluginType } from './plugin-type.ts'

export const plugins = defineQuery({
  name: 'plugins',
  description: 'The plugins of the installation, each with its state in this workspace.',
  permission: 'plugin:read',
  answer: { type: pluginType, isList: true },
  run: (_args, context) => describePlugins(workOf(context)),
})
