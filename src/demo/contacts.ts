import { type Company, digits } from './accounts.ts'
import type { Random } from './random.ts'
import type { DemoContact } from './slice.ts'
import { JOB_TITLES } from './words.ts'

const SECOND_ROLES = 0.08
const FORMER_ROLES = 0.06
const SECOND_EMAILS = 0.2
const MOBILES = 0.6

/** People of a slice's companies: a few companies have many, most have few, the first companies at least one each. */
export function makeContacts(random: Random, companies: readonly Company[], count: number, until: Date): DemoContact[] {
  const used = new Set<string>()
  return Array.from({ length: count }, (_, place) => {
    const account = place < companies.length ? place : random.skewedIndex(companies.length)
    return makeContact(random, companies, account, used, until)
  })
}

function makeContact(
  random: Random,
  companies: readonly Company[],
  account: number,
  used: Set<string>,
  until: Date,
): DemoContact {
  const company = companies[account]
  if (!company) throw new Error('A contact needs a company.')
  const { country } = company
  const firstName = random.pick(country.firstNames)
  const lastName = random.pick(country.lastNames)
  const jobTitle = JOB_TITLES[random.skewedIndex(JOB_TITLES.length)] ?? null
  const started = dayBefore(until, random.int(60, 2_500))
  const isFormer = random.chance(FORMER_ROLES)
  const second = random.chance(SECOND_ROLES) ? random.int(0, companies.length - 1) : account
  const emails = [{ address: freeAddress(firstName, lastName, company.domain, used), label: 'WORK' }]
  if (random.chance(SECOND_EMAILS))
    emails.push({ address: freeAddress(firstName, lastName, 'mail.example', used), label: 'HOME' })
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
          startedOn: started,
          endedOn: isFormer ? dayBefore(until, random.int(1, 50)) : null,
          isPrimary: true,
        },
      },
      ...(second === account ? [] : [{ account: second, input: { role: 'Board Member', startedOn: started } }]),
    ],
  }
}

/** `camille.moreau@…`; the next one of that name gets a number. */
function freeAddress(firstName: string, lastName: string, domain: string, used: Set<string>): string {
  const local = `${firstName}.${lastName}`
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replaceAll(/[^a-z.]/g, '')
  for (let number = 1; ; number++) {
    const address = `${local}${number === 1 ? '' : number}@${domain}`
    if (!used.has(address)) {
      used.add(address)
      return address
    }
  }
}

const DAY = 86_400_000

/** The day so many days before, as `YYYY-MM-DD`. */
export function dayBefore(until: Date, days: number): string {
  return new Date(until.getTime() - days * DAY).toISOString().slice(0, 10)
}
