import { definePlugin } from '../../platform/declare/plugin.ts'
import { whyAccess } from './why-access.ts'

export const access = definePlugin({
  id: 'access',
  description: 'Explains why a user or an API key may or may not read or change a record.',
  version: '1.0.0',
  api: '^1.0.0',
  queries: [whyAccess],
})
