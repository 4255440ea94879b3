import { changesPlugin } from '../platform/changes/objects.ts'
import { importsPlugin } from '../platform/imports/plugin.ts'
import type { Plugin } from '../platform/plugins/plugin.ts'
import { accounts } from './accounts/index.ts'
import { contacts } from './contacts/index.ts'
import { interactions } from './interactions/index.ts'
import { plugins } from './plugins/index.ts'
import { tasks } from './tasks/index.ts'
import { workspaces } from './workspaces/index.ts'

/** Core, as a list of plugins: always on, in every workspace. */
export const corePlugins = [
  changesPlugin,
  importsPlugin,
  workspaces,
  accounts,
  contacts,
  interactions,
  tasks,
  plugins,
].map((plugin: Plugin): Plugin => ({ ...plugin, isCore: true }))
