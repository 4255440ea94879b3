import type { EnumTypes } from '../../../../generated/models.ts'
import { type Act, defineAct, type TypedAct } from '../../../platform/declare/rules/act.ts'
import type { InputValues } from '../../../platform/declare/rules/input-values.ts'
import { ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { Values } from '../../../platform/declare/rules/values.ts'

type Status = EnumTypes['LeadStatus']
type ActInput = NonNullable<Act['input']>

interface StatusAct<Input extends ActInput> extends Pick<Act, 'name' | 'description'> {
  /** The statuses that a lead may have before the act. */
  readonly from: readonly Status[]
  readonly to: Status
  readonly input?: Input
  /** Returns what else the act writes: why the lead has its new status. */
  values?(input: InputValues<Input>): Values
  /**
   * Returns what is wrong with the input.
   * @param today the day of the workspace
   */
  refuse?(input: InputValues<Input>, today: string): UserError[]
}

/** What says why a lead has its status. */
const NO_REASON = { disqualificationReason: null, statusComment: null, recycleOn: null }

/** Returns a business act that changes the status of a lead, and refuses a lead with another status than those in `from`. */
export function statusAct<const Input extends ActInput = Record<never, never>>({
  name,
  description,
  from,
  to,
  input,
  values,
  refuse,
}: StatusAct<Input>): Act {
  const act: TypedAct<'Lead', Input> = {
    name,
    description,
    object: 'Lead',
    ...(input ? { input } : {}),
    apply({ status }, { today }, sent) {
      const refusals = refuse?.(sent, today) ?? []
      if (refusals.length > 0) return { refusals }
      if (from.includes(status)) return { patch: { ...NO_REASON, ...values?.(sent), status: to } }
      const why = `${name} requires a lead whose status is ${from.join(' or ')}, and it is ${status}.`
      return { refusals: [ruleViolation('leads.status', ['input', 'id'], why)] }
    },
  }
  return defineAct(act)
}
