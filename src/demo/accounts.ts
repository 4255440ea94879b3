import { COUNTRIES, type Country } from './countries.ts'
import type { Random } from './random.ts'
import type { DemoAccount } from './slice.ts'
import { STEMS, TEAMS, TRADES } from './words.ts'

/** A generated account, with the domain and country from which its contacts are generated. */
export interface Company extends DemoAccount {
  readonly domain: string
  readonly country: Country
}

/** An endless sequence of distinct company names, such as `Norvik Textiles`, each with an industry and a domain. */
export type CompanyNames = Iterator<
  { readonly name: string; readonly industry: string; readonly domain: string },
  undefined
>

/**
 * Generates company names in an order that depends on the seed. When all names are used, they are repeated with a
 * number, such as `Norvik Textiles 2`. Leaves out names whose domain is in `takenDomains`.
 */
export function* companyNames(
  random: Random,
  takenDomains: ReadonlySet<string>,
): Generator<{ readonly name: string; readonly industry: string; readonly domain: string }, undefined> {
  const pairs = random.shuffled(
    STEMS.flatMap((stem) => TRADES.map(([trade, industry]) => ({ name: `${stem} ${trade}`, industry }))),
  )
  for (let round = 1; ; round++) {
    for (const { name, industry } of pairs) {
      const fullName = round === 1 ? name : `${name} ${round}`
      const domain = `${fullName.toLowerCase().replaceAll(' ', '-')}.example`
      if (!takenDomains.has(domain)) yield { name: fullName, industry, domain }
    }
  }
}

const TYPES = [
  ['CUSTOMER', 44],
  ['PROSPECT', 34],
  ['PARTNER', 8],
  ['SUPPLIER', 7],
  ['RESELLER', 4],
  ['COMPETITOR', 3],
] as const
const TIERS = [
  ['Bronze', 60],
  ['Silver', 30],
  ['Gold', 10],
] as const

/** Probability that an account has a parent account. */
const SUBSIDIARIES = 0.3

/**
 * Generates the accounts of a slice (the records that one transaction writes): many small accounts and a few large
 * accounts. Some have an earlier account as their parent.
 */
export function generateAccounts(random: Random, names: CompanyNames, count: number, userCount: number): Company[] {
  const companies: Company[] = []
  while (companies.length < count) {
    const companyName = names.next().value
    if (!companyName) break
    const parent = companies.length > 0 && random.chance(SUBSIDIARIES) ? random.skewedIndex(companies.length) : null
    companies.push(generateAccount(random, companyName, parent, userCount))
  }
  return companies
}

function generateAccount(
  random: Random,
  companyName: { readonly name: string; readonly industry: string; readonly domain: string },
  parent: number | null,
  userCount: number,
): Company {
  const { name, industry, domain } = companyName
  const country = random.weighted(COUNTRIES)
  // From 3 to 24,000. Small numbers are far more likely.
  const employees = Math.ceil(3 * 8_000 ** (random.next() ** 1.6))
  const type = random.weighted(TYPES)
  return {
    domain,
    country,
    parent,
    owner: random.skewedIndex(userCount),
    team: random.chance(0.7) ? random.skewedIndex(TEAMS.length) : null,
    input: {
      name,
      industry,
      type,
      website: domain,
      phone: digits(random, country.landline),
      employeeCount: employees,
      // From 1913 to 2022. Recent years are more likely.
      foundedYear: 2022 - Math.floor(110 * random.next() ** 2),
      annualRevenue: random.chance(0.8)
        ? { amount: `${employees * random.int(60, 260)}000.00`, currency: country.currency }
        : null,
      tier: type === 'CUSTOMER' ? random.weighted(TIERS) : null,
      description: `${name} is in ${industry.toLowerCase()}, with ${employees} people.`,
      domains: [{ domain }],
      addresses: [
        addressOf(random, country, 'OFFICE'),
        ...(random.chance(0.2) ? [addressOf(random, country, 'BILLING')] : []),
      ],
    },
  }
}

function addressOf(random: Random, country: Country, label: string) {
  return {
    label,
    street: `${random.pick(country.streets)} ${random.int(1, 180)}`,
    city: random.pick(country.cities),
    postalCode: digits(random, country.postalCode),
    country: country.code,
  }
}

/** Replaces each `#` of a pattern by a random digit. A digit at the start of the pattern is never 0. */
export function digits(random: Random, pattern: string): string {
  return pattern.replaceAll('#', (_, offset: number) => String(random.int(offset === 0 ? 1 : 0, 9)))
}
