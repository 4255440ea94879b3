import type { DescribedField } from './field-options.ts'

/** An amount with its currency, stored in two columns. */
export interface MoneyField extends DescribedField {
  readonly kind: 'money'
  /** Column with the amount, a `Decimal`. */
  readonly amount: string
  /** Column with the currency code, such as `EUR`. Several amounts of a record may share it. */
  readonly currency: string
  /** `false` when clients can't write the amount, such as a total that a rule computes. */
  readonly input?: false
  /**
   * Whether a rule sets the amount when the client leaves it out, so that the input does not require it although the
   * model does.
   */
  readonly hasRuleDefault?: true
}
