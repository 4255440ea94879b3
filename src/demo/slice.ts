import type { Values } from '../platform/declare/rules/values.ts'
import type { DemoLine } from './deal-lines.ts'

/**
 * A piece of demonstration data that is written in one transaction. Records refer to each other by their index in these
 * lists, and to users and teams by their index in the lists that `writeSlice` uses.
 */
export interface DemoSlice {
  readonly accounts: readonly DemoAccount[]
  readonly contacts: readonly DemoContact[]
  readonly interactions: readonly DemoInteraction[]
  readonly tasks: readonly DemoTask[]
  readonly relationships: readonly DemoRelationship[]
  readonly opportunities: readonly DemoOpportunity[]
  readonly leads: readonly DemoLead[]
}

export interface DemoLead {
  readonly input: Values
  /** The status that the lead gets by an act. */
  readonly status: 'OPEN' | 'WORKING' | 'CONVERTED' | 'DISQUALIFIED' | 'RECYCLED'
  /** Why the lead is disqualified, if it is. */
  readonly reason: string
}

/** A stage that a deal entered, by its name in the pipeline of a new workspace. */
export interface DemoStageEntry {
  readonly stage: string
  readonly enteredAt: string
}

export interface DemoOpportunity {
  readonly input: Values
  /** Index of an account. */
  readonly account: number
  /** Index of a user. */
  readonly owner: number
  /** Name of a stage of the pipeline of a new workspace. */
  readonly stage: string
  /** The stages that the deal entered; the last one is its stage. */
  readonly past: readonly DemoStageEntry[]
  /** Name of a loss reason of a new workspace; null unless the deal is lost. */
  readonly lossReason: string | null
  /** Their prices are those of the catalogue. */
  readonly lines: readonly DemoLine[]
  /** Indexes of contacts, with their roles; the first one is primary. */
  readonly contacts: readonly { readonly contact: number; readonly role: string }[]
}

export interface DemoAccount {
  /** The input of the create, without references to other records. */
  readonly input: Values
  /** Index of an account, or null. */
  readonly parent: number | null
  /** Index of a user. */
  readonly owner: number
  /** Index of a team, or null. */
  readonly team: number | null
}

export interface DemoContact {
  readonly input: Values
  readonly owner: number
  /** Roles in accounts; the primary role is the first. `account` is the index of the account in the slice. */
  readonly roles: readonly { readonly account: number; readonly input: Values }[]
}

export interface DemoInteraction {
  /** Name of the input field of the kind of interaction, such as `socialPost`. */
  readonly kind: string
  readonly input: Values
  /** Participants: `contact` and `user` are indexes. */
  readonly participants: readonly (
    | { readonly contact: number; readonly role: string }
    | { readonly user: number; readonly role: string }
  )[]
  /** Index of the account that the interaction is about, or null. */
  readonly regarding: number | null
}

/** The index of a contact or of an account of the slice. */
export type DemoSubject = { readonly contact: number } | { readonly account: number }

export interface DemoTask {
  readonly input: Values
  /** Index of a user. */
  readonly assignee: number
  readonly regarding: DemoSubject
  readonly isCompleted: boolean
}

export interface DemoRelationship {
  /** Index in the list of relationship types. */
  readonly type: number
  readonly input: Values
  readonly from: DemoSubject
  readonly to: DemoSubject
}
