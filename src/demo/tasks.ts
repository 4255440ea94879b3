import { dayBefore } from './contacts.ts'
import type { Random } from './random.ts'
import type { DemoContact, DemoRelationship, DemoTask } from './slice.ts'
import { RELATIONSHIP_TYPES, TASK_TITLES } from './words.ts'

const DAY_MS = 86_400_000
const PRIORITIES = [
  ['NORMAL', 60],
  ['HIGH', 20],
  ['LOW', 15],
  ['URGENT', 5],
] as const

/**
 * Generates tasks that are due from a month before `until` to two months after it. Most of the tasks that were due
 * before `until` are completed.
 */
export function generateTasks(
  random: Random,
  contacts: readonly DemoContact[],
  count: number,
  until: Date,
): DemoTask[] {
  if (contacts.length === 0) return []
  return Array.from({ length: count }, () => {
    const contact = random.skewedIndex(contacts.length)
    const { owner = 0, roles = [] } = contacts[contact] ?? {}
    const [role] = roles
    const days = random.int(-30, 60)
    return {
      input: {
        title: random.pick(TASK_TITLES),
        priority: random.weighted(PRIORITIES),
        dueAt: new Date(until.getTime() + days * DAY_MS),
      },
      assignee: owner,
      regarding: role && random.chance(0.4) ? { account: role.account } : { contact },
      isCompleted: days < 0 && random.chance(0.75),
    }
  })
}

/** Generates relationships between contacts or between accounts of a slice: `count` at most. */
export function generateRelationships(
  random: Random,
  contacts: readonly DemoContact[],
  accountCount: number,
  count: number,
  until: Date,
): DemoRelationship[] {
  return Array.from({ length: count }, () => generateRelationship(random, contacts, accountCount, until)).flatMap(
    (relationship) => relationship ?? [],
  )
}

/** Returns a relationship, or null when there is no suitable pair of records. */
function generateRelationship(
  random: Random,
  contacts: readonly DemoContact[],
  accountCount: number,
  until: Date,
): DemoRelationship | null {
  const type = random.int(0, RELATIONSHIP_TYPES.length - 1)
  const input = random.chance(0.5) ? { startedOn: dayBefore(until, random.int(30, 2_000)) } : {}
  const { between } = RELATIONSHIP_TYPES[type] ?? RELATIONSHIP_TYPES[0]
  if (between === 'accounts') {
    const [from, to] = [random.int(0, accountCount - 1), random.int(0, accountCount - 1)]
    return from === to ? null : { type, input, from: { account: from }, to: { account: to } }
  }
  const from = random.int(0, contacts.length - 1)
  const isColleague = (other: number) => contacts[other]?.roles[0]?.account === contacts[from]?.roles[0]?.account
  const others = contacts.flatMap((_, other) =>
    other !== from && isColleague(other) === (between === 'colleagues') ? [other] : [],
  )
  return others.length === 0 ? null : { type, input, from: { contact: from }, to: { contact: random.pick(others) } }
}
