import { definePlugin } from '../../platform/plugins/plugin.ts'
import { actor, actorKinds, apiKey, pluginActor, role, team, user, viewer, workspace } from './workspace.ts'

/** The workspace itself and who works in it. */
export const workspaces = definePlugin({
  id: 'workspaces',
  description: 'The workspace, its users, API keys, roles and teams.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [workspace, role, actor, user, apiKey, pluginActor, team],
  variants: actorKinds,
  views: [viewer],
})
