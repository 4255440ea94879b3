import { definePlugin } from '../../platform/declare/plugin.ts'
import { whyAccess } from './why-access.ts'

/** Who may do what, explained. */
export const access = definePlugin({
  id: 'access',
  description: 'Why somebody may or may not see or change a record.',
  version: '1.0.0',
  api: '^1.0.0',
  queries: [whyAccess],
})
