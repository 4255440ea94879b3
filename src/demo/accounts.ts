import { COUNTRIES, type Country } from './countries.ts'
import type { Random } from './random.ts'
import type { DemoAccount } from './slice.ts'
import { STEMS, TEAMS, TRADES } from './words.ts'

/** A company before its people: what the makers of contacts have to know of it. */
export interface Company extends DemoAccount {
  readonly domain: string
  readonly country: Country
}

/** Names of companies, each once: such as `Norvik Textiles`. */
export type CompanyNames = Iterator<
  { readonly name: string; readonly industry: string; readonly domain: string },
  undefined
>

/** Names in the seed's order; when all are used up, with a number. Those whose domain is taken are left out. */
export function* companyNames(
  random: Random,
  takenDomains: ReadonlySet<string>,
): Generator<{ readonly name: string; readonly industry: string; readonly domain: string }, undefined> {
  const pairs = random.shuffled(
    STEMS.flatMap((stem) => TRADES.map(([trade, industry]) => ({ name: `${stem} ${trade}`, industry }))),
  )
  for (let round = 1; ; round++) {
    for (const { name, industry } of pairs) {
      const full = round === 1 ? name : `${name} ${round}`
      const domain = `${full.toLowerCase().replaceAll(' ', '-')}.example`
      if (!takenDomains.has(domain)) yield { name: full, industry, domain }
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

const SUBSIDIARIES = 0.3

/** Companies of a slice: many small ones and a few large ones, some below one that comes before them. */
export function makeAccounts(random: Random, names: CompanyNames, count: number, userCount: number): Company[] {
  const companies: Company[] = []
  while (companies.length < count) {
    const named = names.next().value
    if (!named) break
    const parent = companies.length > 0 && random.chance(SUBSIDIARIES) ? random.skewedIndex(companies.length) : null
    companies.push(makeAccount(random, named, parent, userCount))
  }
  return companies
}

function makeAccount(
  random: Random,
  named: { readonly name: string; readonly industry: string; readonly domain: string },
  parent: number | null,
  userCount: number,
): Company {
  const { name, industry, domain } = named
  const country = random.weighted(COUNTRIES)
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

/** A pattern with a digit for each #; the first one is never 0. */
export function digits(random: Random, pattern: string): string {
  return pattern.replaceAll('#', (_, place: number) => String(random.int(place === 0 ? 1 : 0, 9)))
}
