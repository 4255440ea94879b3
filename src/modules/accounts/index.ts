import { definePlugin } from '../../platform/declare/plugin.ts'
import { account } from './account.ts'
import { noCycle } from './account-hierarchy.ts'
import { uniqueDomains } from './account-rules.ts'

export const accounts = definePlugin({
  id: 'accounts',
  description: 'Organisations: hierarchy, domains, addresses, owner and team.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [account],
  rules: [noCycle, uniqueDomains],
})

export { subtreeIds } from './account-hierarchy.ts'
export { domainName } from './domain.ts'
