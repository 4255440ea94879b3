import { companyNames, generateAccounts } from './accounts.ts'
import { generateContacts } from './contacts.ts'
import { generateInteractions } from './interactions.ts'
import { generateLeads } from './leads.ts'
import { generateOpportunities } from './opportunities.ts'
import { createRandom } from './random.ts'
import type { DemoSlice } from './slice.ts'
import { generateRelationships, generateTasks } from './tasks.ts'

/** What determines the generated data. */
export interface GeneratorOptions {
  readonly accounts: number
  readonly seed: number
  /** The end of the two years that the data covers. */
  readonly until: Date
  /** Number of users to whom records are assigned. */
  readonly userCount: number
  /** Internet domains that existing accounts have. */
  readonly takenDomains: ReadonlySet<string>
}

// A slice is written in one transaction. The demo workspace of a new installation has exactly one slice.
const ACCOUNTS_PER_SLICE = 25
const CONTACTS_PER_ACCOUNT = 3.2
const INTERACTIONS_PER_ACCOUNT = 8
const TASKS_PER_ACCOUNT = 0.6
const RELATIONSHIPS_PER_ACCOUNT = 0.8
const OPPORTUNITIES_PER_ACCOUNT = 2.4
const LEADS_PER_ACCOUNT = 2.4

/** Generates demonstration data in slices. The same options give the same data. */
export function* generateDemo({
  accounts,
  seed,
  until,
  userCount,
  takenDomains,
}: GeneratorOptions): Generator<DemoSlice, void> {
  const random = createRandom(seed)
  const names = companyNames(createRandom(seed), takenDomains)
  for (let generated = 0; generated < accounts; generated += ACCOUNTS_PER_SLICE) {
    const count = Math.min(ACCOUNTS_PER_SLICE, accounts - generated)
    const scaledCount = (perAccount: number) => Math.round(count * perAccount)
    const companies = generateAccounts(random, names, count, userCount)
    const contacts = generateContacts(random, companies, scaledCount(CONTACTS_PER_ACCOUNT), until)
    yield {
      accounts: companies,
      contacts,
      interactions: generateInteractions(random, contacts, scaledCount(INTERACTIONS_PER_ACCOUNT), userCount, until),
      tasks: generateTasks(random, contacts, scaledCount(TASKS_PER_ACCOUNT), until),
      relationships: generateRelationships(random, contacts, count, scaledCount(RELATIONSHIPS_PER_ACCOUNT), until),
      opportunities: generateOpportunities(random, companies, contacts, scaledCount(OPPORTUNITIES_PER_ACCOUNT), until),
      leads: generateLeads(random, scaledCount(LEADS_PER_ACCOUNT)),
    }
  }
}
