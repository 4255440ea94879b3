import type { Values } from '../platform/declare/rules/values.ts'

/**
 * A piece of demonstration data that is written in one transaction. Records refer to each other by their place in these
 * lists, and to users and teams by their place in the lists of the loader.
 */
export interface DemoSlice {
  readonly accounts: readonly DemoAccount[]
  readonly contacts: readonly DemoContact[]
  readonly interactions: readonly DemoInteraction[]
  readonly tasks: readonly DemoTask[]
  readonly relationships: readonly DemoRelationship[]
}

export interface DemoAccount {
  /** Input of a create, without what it refers to. */
  readonly input: Values
  /** An account earlier in the list, or null. */
  readonly parent: number | null
  readonly owner: number
  readonly team: number | null
}

export interface DemoContact {
  readonly input: Values
  readonly owner: number
  /** Roles in accounts, the primary one first. */
  readonly roles: readonly { readonly account: number; readonly input: Values }[]
}

export interface DemoInteraction {
  /** Input field of the kind: `socialPost`. */
  readonly kind: string
  readonly input: Values
  readonly participants: readonly (
    | { readonly contact: number; readonly role: string }
    | { readonly user: number; readonly role: string }
  )[]
  /** Account that it is about, or null. */
  readonly regarding: number | null
}

/** A contact or an account of the slice. */
export type DemoSubject = { readonly contact: number } | { readonly account: number }

export interface DemoTask {
  readonly input: Values
  readonly assignee: number
  readonly regarding: DemoSubject
  readonly isCompleted: boolean
}

export interface DemoRelationship {
  /** Place in the list of relationship types. */
  readonly type: number
  readonly input: Values
  readonly from: DemoSubject
  readonly to: DemoSubject
}
