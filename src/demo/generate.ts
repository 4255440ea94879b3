import { companyNames, makeAccounts } from './accounts.ts'
import { makeContacts } from './contacts.ts'
import { makeInteractions } from './interactions.ts'
import { createRandom } from './random.ts'
import type { DemoSlice } from './slice.ts'
import { makeRelationships, makeTasks } from './tasks.ts'

export interface DemoSize {
  readonly accounts: number
  readonly seed: number
  /** End of the two years that the data covers. */
  readonly until: Date
  /** Users among whom the work is divided. */
  readonly userCount: number
  /** Internet domains that other accounts hold already. */
  readonly takenDomains: ReadonlySet<string>
}

// A slice is written in one transaction, and is what somebody sees who opens a new installation.
const ACCOUNTS_PER_SLICE = 25
const CONTACTS_PER_ACCOUNT = 3.2
const INTERACTIONS_PER_ACCOUNT = 8
const TASKS_PER_ACCOUNT = 0.6
const RELATIONSHIPS_PER_ACCOUNT = 0.8

/** Demonstration data in slices: the same for the same size, seed, day and taken domains. */
export function* generateDemo({
  accounts,
  seed,
  until,
  userCount,
  takenDomains,
}: DemoSize): Generator<DemoSlice, void> {
  const random = createRandom(seed)
  const names = companyNames(createRandom(seed), takenDomains)
  for (let made = 0; made < accounts; made += ACCOUNTS_PER_SLICE) {
    const count = Math.min(ACCOUNTS_PER_SLICE, accounts - made)
    const times = (perAccount: number) => Math.round(count * perAccount)
    const companies = makeAccounts(random, names, count, userCount)
    const contacts = makeContacts(random, companies, times(CONTACTS_PER_ACCOUNT), until)
    yield {
      accounts: companies,
      contacts,
      interactions: makeInteractions(random, contacts, times(INTERACTIONS_PER_ACCOUNT), userCount, until),
      tasks: makeTasks(random, contacts, times(TASKS_PER_ACCOUNT), until),
      relationships: makeRelationships(random, contacts, count, times(RELATIONSHIPS_PER_ACCOUNT), until),
    }
  }
}
