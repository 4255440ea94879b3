import { defineModule } from '../../platform/schema/module.ts'
import { actor, actorKinds, apiKey, role, team, user, viewer, workspace } from './workspace.ts'

/** The workspace itself and who works in it. */
export const workspaces = defineModule({
  name: 'workspaces',
  description: 'The workspace, its users, API keys, roles and teams.',
  objects: [workspace, role, actor, user, apiKey, team],
  variants: actorKinds,
  views: [viewer],
})
