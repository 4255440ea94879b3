import { defineModule } from '../../platform/schema/module.ts'
import { account } from './account.ts'
import { noCycle } from './hierarchy.ts'
import { uniqueDomains } from './rules.ts'

/** Organisations, in hierarchies. */
export const accounts = defineModule({
  name: 'accounts',
  description: 'Organisations: hierarchy, domains, addresses, owner and team.',
  objects: [account],
  rules: [noCycle, uniqueDomains],
})

export { subtreeIds } from './hierarchy.ts'
