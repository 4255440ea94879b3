import type { Values } from '../platform/declare/rules/values.ts'
import { uuidFor } from '../platform/reads/root.ts'
import { actNamed } from '../platform/registry/acts.ts'
import { objectNamed } from '../platform/registry/registry.ts'
import type { UnitOfWork } from '../platform/request/context.ts'
import { actOnRecord } from '../platform/writes/act-on-record.ts'
import { runOperation } from '../platform/writes/rules/run-operation.ts'
import { digits } from './accounts.ts'
import { COUNTRIES } from './countries.ts'
import type { Random } from './random.ts'
import { createAll, createMissing } from './records.ts'
import type { DemoLead } from './slice.ts'
import { JOB_TITLES, LEAD_WISHES, STEMS, TRADES } from './words.ts'

const SOURCES = [
  ['WEB', 40],
  ['EVENT', 20],
  ['REFERRAL', 15],
  ['PARTNER', 10],
  ['SOCIAL', 10],
  ['PHONE', 5],
] as const

const STATUSES = [
  ['OPEN', 55],
  ['WORKING', 20],
  ['CONVERTED', 7],
  ['DISQUALIFIED', 9],
  ['RECYCLED', 9],
] as const

const REASONS = ['NO_NEED', 'NO_BUDGET', 'UNREACHABLE', 'COMPETITOR'] as const

/** Generates leads of organisations that are no accounts yet, in every status. */
export function generateLeads(random: Random, count: number): DemoLead[] {
  return Array.from({ length: count }, () => {
    const country = random.weighted(COUNTRIES)
    const [firstName, lastName] = [random.pick(country.firstNames), random.pick(country.lastNames)]
    const [word, industry] = random.pick(TRADES)
    const company = `${random.pick(STEMS)} ${word}`
    const domain = `${company.toLowerCase().replaceAll(' ', '-')}-${random.int(100, 999)}.example`
    return {
      status: random.weighted(STATUSES),
      reason: random.pick(REASONS),
      input: {
        firstName,
        lastName,
        jobTitle: JOB_TITLES[random.skewedIndex(JOB_TITLES.length)],
        companyName: company,
        email: `info@${domain}`,
        website: domain,
        ...(random.chance(0.6) ? { phone: digits(random, country.landline) } : {}),
        industry,
        city: random.pick(country.cities),
        country: country.code,
        source: random.weighted(SOURCES),
        description: random.pick(LEAD_WISHES),
      },
    }
  })
}

/** Rules that give points to leads. */
const SCORING_RULES = [
  {
    name: 'Asked on the website',
    description: 'Whoever asks by themselves buys soonest.',
    filter: { source: { equals: 'WEB' } },
    points: 30,
    halfLifeDays: 30,
    position: 1,
  },
  {
    name: 'Decides',
    description: 'Managing directors and heads of purchasing decide.',
    filter: { jobTitle: { in: ['Managing Director', 'Head of Purchasing'] } },
    points: 25,
    position: 2,
  },
  {
    name: 'No telephone number',
    description: 'Hard to reach.',
    filter: { phone: { isNull: true } },
    points: -10,
    position: 3,
  },
]

/** A form as on a page for inquiries. */
const FORMS = [
  {
    name: 'Inquiries',
    description: 'On the page “Contact us”.',
    fields: ['firstName', 'lastName', 'email', 'phone', 'companyName', 'description'],
    honeypotField: 'nickname',
    consentText: 'You may write to me about your products.',
  },
]

/** Writes the rules, a form, and the leads of a slice, which the rules assign and score. Leads change their status by acts, as of users. */
export async function writeLeads(
  work: UnitOfWork,
  leads: readonly DemoLead[],
  userIds: readonly string[],
): Promise<void> {
  await createMissing(work, 'LeadScoringRule', SCORING_RULES)
  await createMissing(work, 'LeadAssignmentRule', assignmentRules(userIds))
  await createMissing(work, 'LeadForm', FORMS)
  // Every third lead is left to the rules: to assign one takes some statements.
  const inputs = leads.map(({ input }, index) =>
    index % 3 === 0 ? input : { ...input, ownerId: userIds[index % userIds.length] },
  )
  const ids = await createAll(work, 'Lead', inputs)
  for (const [index, { status, reason }] of leads.entries()) {
    const id = ids[index] ?? ''
    if (status === 'WORKING') await act(work, 'startLead', id, {})
    if (status === 'RECYCLED') await act(work, 'recycleLead', id, { comment: 'Wants to talk again after the summer.' })
    if (status === 'DISQUALIFIED') await act(work, 'disqualifyLead', id, { reason })
    if (status === 'CONVERTED') await convert(work, id)
  }
}

/** German and Swiss leads go by territory, all others in turn. */
function assignmentRules(userIds: readonly string[]): ({ readonly name: string } & Values)[] {
  const [first, second, ...others] = userIds
  return [
    {
      name: 'Territories',
      position: 1,
      strategy: 'TERRITORY',
      members: [
        { userId: first, countries: ['DE'] },
        { userId: second, countries: ['US'] },
      ],
    },
    { name: 'Everybody else', position: 2, strategy: 'ROUND_ROBIN', members: others.map((userId) => ({ userId })) },
  ]
}

async function act(work: UnitOfWork, name: string, id: string, input: Values): Promise<void> {
  const { registry } = work.context.runtime
  const owned = actNamed(registry, name)
  const object = objectNamed(registry, 'Lead')
  if (owned) await actOnRecord(work, object, uuidFor(object, id), { version: 1, ...input }, owned)
}

/** Converts a lead to a new account and contact. */
async function convert(work: UnitOfWork, id: string): Promise<void> {
  for (const plugin of work.context.runtime.registry.plugins)
    for (const operation of plugin.operations ?? [])
      if (operation.name === 'convertLead') {
        const input = { id, version: 1, allowDuplicates: true }
        const { userErrors } = await runOperation(work, { plugin, operation }, input)
        if (userErrors[0])
          throw new Error(`A lead of the demonstration data was not converted: ${userErrors[0].message}`)
      }
}
