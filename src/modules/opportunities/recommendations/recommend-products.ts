import { badArgument } from '../../../platform/declare/pass-through-error.ts'
import { defineQuery } from '../../../platform/declare/query.ts'
import { type Candidate, findCandidates } from './find-candidates.ts'

const MAX_FIRST = 50
const MAX_MONTHS = 120
const DEFAULT_MONTHS = 24

/** What a recommendation tells of: whoever may not read one of these fields of all visible records could learn it. */
const FIELDS = [
  ['Opportunity', 'account', 'status', 'closedOn', 'lines'],
  ['Product', 'name', 'family', 'isActive', 'constraints'],
] as const

export const recommendProducts = defineQuery({
  name: 'recommendProducts',
  description: `Products that go with what an account has bought, or with the lines of an opportunity, the best first. Three kinds, by \`score\`:
1. Products that those products require, by the constraints of the catalogue: score 1.
2. Products that other accounts bought together with them. The score is the confidence of the rule "who bought A bought B too": the share of the accounts with A that have B. It counts only where at least two accounts have both, and where B is more frequent among the accounts with A than among all (a lift above 1). Method: association rules over baskets (Agrawal, Imieliński, Swami: Mining Association Rules between Sets of Items in Large Databases, SIGMOD 1993; lift: Brin, Motwani, Ullman, Tsur: Dynamic Itemset Counting and Implication Rules for Market Basket Data, SIGMOD 1997). A basket is what an account bought in won deals.
3. Where a family of products is missing: its product that most accounts bought. The score is half the share of all accounts with won deals that bought the product, so that it comes after rules.
Only won deals that the caller sees, and that were closed within the last \`months\`, count. Products that the account has bought in that time, that are lines of the opportunity, that one of these excludes, or that are not for sale are left out. Empty when there are no such deals and nothing is required. Null when the account or the opportunity does not exist.`,
  permission: 'opportunity:read',
  args: {
    accountId: { type: 'ID', description: 'The account. Send either this or `opportunityId`.' },
    opportunityId: { type: 'ID', description: 'The opportunity: its lines count, and what its account has bought.' },
    first: { type: 'Int', description: `How many products, at most ${MAX_FIRST}. Default: 5.` },
    months: {
      type: 'Int',
      description: `How many months of won deals count, from 1 to ${MAX_MONTHS}. Default: ${DEFAULT_MONTHS}.`,
    },
  },
  answer: {
    isList: true,
    type: {
      name: 'ProductRecommendation',
      description: 'A product that may be sold, and why.',
      fields: {
        product: { type: 'Product', isNullable: true, description: 'Product that the customer may want.' },
        score: { type: 'Float', description: 'How well the product fits, from 0 to 1; see `recommendProducts`.' },
        reasons: { type: 'String', isList: true, description: 'Why, with its numbers, for a person to read.' },
      },
    },
  },
  async run({ accountId, opportunityId, first, months }, context) {
    if (Boolean(accountId) === Boolean(opportunityId))
      throw badArgument('Send `accountId` or `opportunityId`, and not both.')
    const limits = { first: first ?? 5, months: months ?? DEFAULT_MONTHS }
    if (limits.first < 1 || limits.first > MAX_FIRST) throw badArgument(`\`first\` must be from 1 to ${MAX_FIRST}.`)
    if (limits.months < 1 || limits.months > MAX_MONTHS)
      throw badArgument(`\`months\` must be from 1 to ${MAX_MONTHS}.`)
    context.requireRead(FIELDS, 'recommendProducts')
    const target = {
      accountId: accountId ? context.uuidOf('Account', accountId) : null,
      opportunityId: opportunityId ? context.uuidOf('Opportunity', opportunityId) : null,
    }
    const candidates = await findCandidates(context, target, limits)
    return candidates?.map((candidate) => ({
      product: candidate.product,
      score: Number(candidate.score),
      reasons: reasonsOf(candidate),
    }))
  },
})

function reasonsOf({ requiredBy, rule, gap }: Candidate): string[] {
  return [
    ...(requiredBy ?? []).map((name) => `${name} requires it.`),
    ...(rule
      ? [
          `${rule.both} of the ${rule.from} accounts that bought ${rule.name} bought it too (${percent(rule.both, rule.from)}), ${(
            (rule.both / rule.from / rule.to) * rule.all
          ).toFixed(1)} times as many as of all accounts.`,
        ]
      : []),
    ...(gap
      ? [
          `Nothing of the family ${gap.family} was bought: ${gap.buyers} of ${gap.all} accounts with won deals bought this product (${percent(gap.buyers, gap.all)}).`,
        ]
      : []),
  ]
}

const percent = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`
