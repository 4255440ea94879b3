import { changesModule } from '../platform/changes/objects.ts'
import { importsModule } from '../platform/imports/module.ts'
import type { Module } from '../platform/schema/module.ts'
import { accounts } from './accounts/index.ts'
import { contacts } from './contacts/index.ts'
import { interactions } from './interactions/index.ts'
import { tasks } from './tasks/index.ts'
import { workspaces } from './workspaces/index.ts'

/** Core, as a list of modules. */
export const coreModules: readonly Module[] = [
  changesModule,
  importsModule,
  workspaces,
  accounts,
  contacts,
  interactions,
  tasks,
]
