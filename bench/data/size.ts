/** How many records one workspace has. */
export interface WorkspaceSize {
  readonly slug: string
  readonly users: number
  readonly accounts: number
  readonly contacts: number
  readonly interactions: number
  readonly opportunities: number
  /** Number of interactions with the hot contact, which is the contact with the most interactions. */
  readonly hotInteractions: number
}

/** Each workspace's share of all records. */
const SHARES = [0.7, 0.15, 0.08, 0.05, 0.02]
const ACCOUNTS = 20_000
const CONTACTS = 160_000
const INTERACTIONS = 640_000
const OPPORTUNITIES = 345_000
const HOT_INTERACTIONS = 100_000
const USERS = [40, 15, 8, 5, 2]

/** Returns the sizes of five workspaces, the largest first. Only the largest has a hot contact. */
export function workspaceSizes(scale: number): WorkspaceSize[] {
  return SHARES.map((share, index) => ({
    slug: `bench-${index + 1}`,
    users: USERS[index] ?? 1,
    accounts: Math.round(ACCOUNTS * share * scale),
    contacts: Math.round(CONTACTS * share * scale),
    interactions: Math.round(INTERACTIONS * share * scale),
    opportunities: Math.round(OPPORTUNITIES * share * scale),
    hotInteractions: index === 0 ? Math.round(HOT_INTERACTIONS * scale) : 0,
  }))
}

/** The workspace that the requests use, and the user whose token they have. */
export const BUSY_WORKSPACE = { slug: 'bench-1', email: 'user1@bench-1.example' } as const
