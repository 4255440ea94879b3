import { type Company, digits } from './accounts.ts'
import type { Random } from './random.ts'
import type { DemoContact } from './slice.ts'
import { JOB_TITLES } from './words.ts'

// Probabilities for one contact.
const SECOND_ROLES = 0.08
const FORMER_ROLES = 0.06
const SECOND_EMAILS = 0.2
const MOBILES = 0.6

/**
 * Generates the contacts of the accounts of a slice. A few accounts have many contacts, and most have few. When `count`
 * is large enough, every account has at least one contact.
 */
export function generateContacts(
  random: Random,
  companies: readonly Company[],
  count: number,
  until: Date,
): DemoContact[] {
  const usedAddresses = new Set<string>()
  return Array.from({ length: count }, (_, index) => {
    const account = index < companies.length ? index : random.skewedIndex(companies.length)
    return generateContact(random, companies, account, usedAddresses, until)
  })
}

function generateContact(
  random: Random,
  companies: readonly Company[],
  account: number,
  usedAddresses: Set<string>,
  until: Date,
): DemoContact {
  const company = companies[account]
  if (!company) throw new Error('A contact needs a company.')
  const { country } = company
  const firstName = random.pick(country.firstNames)
  const lastName = random.pick(country.lastNames)
  const jobTitle = JOB_TITLES[random.skewedIndex(JOB_TITLES.length)] ?? null
  const startedOn = dayBefore(until, random.int(60, 2_500))
  const isFormer = random.chance(FORMER_ROLES)
  const second = random.chance(SECOND_ROLES) ? random.int(0, companies.length - 1) : account
  const emails = [{ address: freeAddress(firstName, lastName, company.domain, usedAddresses), label: 'WORK' }]
  if (random.chance(SECOND_EMAILS))
    emails.push({ address: freeAddress(firstName, lastName, 'mail.example', usedAddresses), label: 'HOME' })
  const phones = [{ number: digits(random, country.landline), label: 'WORK' }]
  if (random.chance(MOBILES)) phones.push({ number: digits(random, country.mobile), label: 'MOBILE' })
  return {
    owner: company.owner,
    input: {
      firstName,
      lastName,
      jobTitle,
      salutation: random.chance(0.05) ? 'Dr' : null,
      language: country.language,
      birthday: random.chance(0.3) ? dayBefore(until, random.int(22 * 365, 64 * 365)) : null,
      emails,
      phones,
    },
    roles: [
      {
        account,
        input: {
          role: jobTitle,
          startedOn,
          endedOn: isFormer ? dayBefore(until, random.int(1, 50)) : null,
          isPrimary: true,
        },
      },
      ...(second === account ? [] : [{ account: second, input: { role: 'Board Member', startedOn } }]),
    ],
  }
}

/**
 * Returns an unused e-mail address, such as `camille.moreau@acme.example`, and adds it to `usedAddresses`. The second
 * address for the same name and domain is `camille.moreau2@acme.example`.
 */
function freeAddress(firstName: string, lastName: string, domain: string, usedAddresses: Set<string>): string {
  const localPart = `${firstName}.${lastName}`
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replaceAll(/[^a-z.]/g, '')
  for (let number = 1; ; number++) {
    const address = `${localPart}${number === 1 ? '' : number}@${domain}`
    if (!usedAddresses.has(address)) {
      usedAddresses.add(address)
      return address
    }
  }
}

const DAY_MS = 86_400_000

/** Returns the day that is `days` days before `until`, as `YYYY-MM-DD`. */
export function dayBefore(until: Date, days: number): string {
  return new Date(until.getTime() - days * DAY_MS).toISOString().slice(0, 10)
}
