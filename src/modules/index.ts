import { auditPlugin } from '../platform/changes/audit-object.ts'
import { changesPlugin } from '../platform/changes/change-object.ts'
import type { Plugin } from '../platform/declare/plugin.ts'
import { exportsPlugin } from '../platform/exports/exports-module.ts'
import { importsPlugin } from '../platform/imports/imports-module.ts'
import { access } from './access/index.ts'
import { accounts } from './accounts/index.ts'
import { calendars } from './calendars/index.ts'
import { contacts } from './contacts/index.ts'
import { currencies } from './currencies/index.ts'
import { forecasts } from './forecasts/index.ts'
import { interactions } from './interactions/index.ts'
import { leads } from './leads/index.ts'
import { opportunities } from './opportunities/index.ts'
import { orders } from './orders/index.ts'
import { plugins } from './plugins/index.ts'
import { products } from './products/index.ts'
import { proposals } from './proposals/index.ts'
import { quotes } from './quotes/index.ts'
import { sharing } from './sharing/index.ts'
import { tasks } from './tasks/index.ts'
import { workspaces } from './workspaces/index.ts'

/** The modules of core, declared like plugins. Every workspace uses them. */
export const corePlugins = [
  changesPlugin,
  auditPlugin,
  importsPlugin,
  exportsPlugin,
  workspaces,
  sharing,
  access,
  accounts,
  contacts,
  currencies,
  calendars,
  interactions,
  tasks,
  opportunities,
  forecasts,
  products,
  quotes,
  orders,
  proposals,
  leads,
  plugins,
].map((plugin: Plugin): Plugin => ({ ...plugin, isCore: true }))
