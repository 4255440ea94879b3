/** A bundle, as the rules of its configuration see it. Products are named by their ids. */
export interface Bundle {
  readonly groups: readonly BundleGroup[]
  readonly options: readonly BundleOption[]
  readonly constraints: readonly BundleConstraint[]
}

export interface BundleGroup {
  readonly name: string
  readonly minimum: number
  readonly maximum: number | null
}

export interface BundleOption {
  readonly product: string
  /** Name of the group; null for an option without one. */
  readonly group: string | null
  readonly isRequired: boolean
  readonly isDefault: boolean
  /** Whether the product is active. One that is not can't be a part. */
  readonly isForSale: boolean
  /** Quantities are decimals. */
  readonly defaultQuantity: string
  readonly minimumQuantity: string | null
  readonly maximumQuantity: string | null
}

/** What the choice of `product` says about `other`. EXCLUDES holds in both directions. */
export interface BundleConstraint {
  readonly product: string
  readonly kind: 'REQUIRES' | 'EXCLUDES'
  readonly other: string
}

/** A product that the customer chooses. */
export interface Choice {
  readonly product: string
  /** Null: the default quantity. `0` leaves the option out, also where it is a default. */
  readonly quantity: string | null
}

/** A rule of a bundle that decides something, or that a configuration violates. */
export type Rule =
  | 'CHOICE'
  | 'REQUIRED'
  | 'REQUIRES'
  | 'DEFAULT'
  | 'EXCLUDES'
  | 'NOT_AN_OPTION'
  | 'NOT_FOR_SALE'
  | 'CHOSEN_TWICE'
  | 'GROUP_MINIMUM'
  | 'GROUP_MAXIMUM'
  | 'QUANTITY_MINIMUM'
  | 'QUANTITY_MAXIMUM'

/** Why a product is a part of the configuration, or not. */
export interface Decision {
  readonly rule: Rule
  readonly product: string
  readonly isChosen: boolean
  /** The product by which the rule applies: the one that requires or excludes. */
  readonly other: string | null
  readonly group: string | null
}

/** What is wrong with a configuration. */
export interface Violation {
  readonly rule: Rule
  readonly product: string | null
  readonly other: string | null
  readonly group: string | null
  /** The limit that is not met: a count of options, or a quantity. */
  readonly limit: string | null
}

/** A part of a configuration. */
export interface Line {
  readonly product: string
  readonly quantity: string
}

export interface Configuration {
  /** Parts in the order of the options. */
  readonly lines: readonly Line[]
  readonly decisions: readonly Decision[]
  readonly violations: readonly Violation[]
}
