import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { Excess } from './authority.ts'
import { approversOf } from './find-approvers.ts'
import { type JudgedAuthority, judgedAuthorities, type QuoteRow, rolesOf } from './find-authorities.ts'
import { type AskedStep, type FoundPolicy, policiesFor } from './find-policies.ts'

/** A step of an approval that is planned: who decides, and when. Ids are uuids. */
export interface PlannedStep {
  readonly name: string
  readonly sequence: number
  readonly approverIds: readonly string[]
}

/** What the submission of a quote leads to: an approval at once by the authority of a role, or steps of approvers. */
export interface ApprovalPlan {
  /** The role whose authority covers the quote; null when approvers decide. */
  readonly authorityRoleId: string | null
  readonly steps: readonly PlannedStep[]
  readonly reasons: readonly string[]
  readonly authorIds: readonly string[]
}

const FALLBACK: AskedStep = { sequence: 1, kind: 'AUTHORITY', roleId: null, userId: null, level: null }

/**
 * Decides who has to approve a quote that the caller submits: nobody when an authority of the caller's roles covers it and
 * no policy applies within authorities; otherwise the steps of all policies that are about the quote; without any, a
 * user whose own authority covers it. Refuses where a step would have no approver.
 */
export async function planApproval(
  context: PluginContext,
  quote: QuoteRow,
): Promise<ApprovalPlan | { readonly refusals: readonly UserError[] }> {
  const authorities = await judgedAuthorities(context, quote)
  const sellerRoles = await rolesOf(context, context.actor.id)
  const policies = await policiesFor(context, quote.id)
  const own = authorities.filter(({ roleId }) => sellerRoles.includes(roleId))
  const covering = own.find(({ excess }) => excess.length === 0)
  const asking = covering ? policies.filter(({ appliesWithinAuthority }) => appliesWithinAuthority) : policies
  const authorIds = [
    ...new Set([context.actor.id, quote.createdById, quote.updatedById, ...(quote.ownerId ? [quote.ownerId] : [])]),
  ]
  if (covering && asking.length === 0)
    return {
      authorityRoleId: covering.roleId,
      steps: [],
      reasons: [`Within the authority to negotiate of the role ${covering.roleName}.`],
      authorIds,
    }
  const coveringRoles = authorities.flatMap(({ roleId, excess }) => (excess.length === 0 ? [roleId] : []))
  const asked = asking.flatMap(({ name, steps }) => steps.map((step) => ({ name, step })))
  const steps: PlannedStep[] = []
  for (const { name, step } of asked.length > 0 ? asked : [{ name: 'Authority', step: FALLBACK }]) {
    const approverIds = await approversOf(context, step, { sellerRoles, coveringRoles, authorIds })
    if (approverIds.length === 0) return { refusals: [nobody(name)] }
    steps.push({ name, sequence: step.sequence, approverIds })
  }
  return {
    authorityRoleId: null,
    steps,
    reasons: [...(covering ? [] : excessReasons(own)), ...policyReasons(asking)],
    authorIds,
  }
}

function nobody(name: string): UserError {
  const why = `Nobody can approve the step “${name}”: it needs an active user who has not written or submitted the quote. Ask an administrator to change the approval policies or authorities.`
  return ruleViolation('quotes.approval', ['input', 'id'], why)
}

const EXCESS: Readonly<Record<Excess, string>> = {
  DISCOUNT: 'The discount is more than your roles may give, or a product has no list price.',
  MARGIN: 'The margin is less than your roles may agree on, or a product has no cost.',
  TOTAL: 'The total is more than your roles may agree on.',
}

/** Says what exceeds the authority that comes closest: the one that the quote exceeds in the fewest ways. */
function excessReasons(own: readonly JudgedAuthority[]): string[] {
  const [closest] = own.toSorted((one, other) => one.excess.length - other.excess.length)
  return closest ? closest.excess.map((excess) => EXCESS[excess]) : ['Your roles have no authority to negotiate.']
}

function policyReasons(policies: readonly FoundPolicy[]): string[] {
  return policies.map(({ name, description }) => (description ? `${name}: ${description}` : name))
}
