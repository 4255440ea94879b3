import type { Company } from './accounts.ts'
import { dayBefore } from './contacts.ts'
import { generateLines } from './deal-lines.ts'
import { generatePast } from './deal-past.ts'
import type { Random } from './random.ts'
import type { DemoContact, DemoOpportunity } from './slice.ts'
import { DEAL_SOURCES, DEAL_SUBJECTS, NEXT_STEPS } from './words.ts'

/** Stages of the pipeline of a new workspace, each with its weight: deals of two years, most of them closed. */
const STAGES = [
  ['Qualification', 14],
  ['Needs analysis', 11],
  ['Proposal', 9],
  ['Negotiation', 6],
  ['Closed won', 36],
  ['Closed lost', 24],
] as const

const LOSS_REASONS = [
  ['Price', 30],
  ['Competitor', 25],
  ['No decision', 20],
  ['No budget', 15],
  ['Timing', 10],
] as const

const CONTACT_ROLES = ['DECISION_MAKER', 'ECONOMIC_BUYER', 'TECHNICAL_EVALUATOR', 'INFLUENCER'] as const

/**
 * Generates opportunities with the accounts of a slice: open ones that are expected to be closed in the next months, a few
 * of them overdue or without a next step, and closed ones over the two years up to `until`.
 */
export function generateOpportunities(
  random: Random,
  companies: readonly Company[],
  contacts: readonly DemoContact[],
  count: number,
  until: Date,
): DemoOpportunity[] {
  if (companies.length === 0) return []
  return Array.from({ length: count }, () => {
    const account = random.skewedIndex(companies.length)
    const { owner = 0, input: company } = companies[account] ?? {}
    const stage = random.weighted(STAGES)
    const isClosed = stage === 'Closed won' || stage === 'Closed lost'
    // Closed deals are spread over two years; open ones are expected from three weeks ago to five months ahead.
    const closesIn = isClosed ? random.int(1, 729) : random.int(-150, 21)
    const day = dayBefore(until, closesIn)
    const people = contacts.flatMap(({ roles: [role] }, contact) => (role?.account === account ? [contact] : []))
    return {
      account,
      owner,
      stage,
      past: generatePast(random, stage, isClosed ? closesIn : random.int(1, 30), until),
      lossReason: stage === 'Closed lost' ? random.weighted(LOSS_REASONS) : null,
      lines: generateLines(random),
      contacts: people.slice(0, 2).map((contact) => ({ contact, role: random.pick(CONTACT_ROLES) })),
      input: {
        name: `${String(company?.['name'])}: ${random.pick(DEAL_SUBJECTS)}`,
        closesOn: day,
        source: random.pick(DEAL_SOURCES),
        ...(!isClosed && random.chance(0.8) ? { nextStep: random.pick(NEXT_STEPS) } : {}),
      },
    }
  })
}
