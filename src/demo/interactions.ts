import type { Random } from './random.ts'
import type { DemoContact, DemoInteraction } from './slice.ts'
import { TOPICS } from './words.ts'

/** Kinds of interactions, each with its weight. */
const KINDS = [
  ['email', 38],
  ['call', 24],
  ['meeting', 12],
  ['note', 9],
  ['chat', 7],
  ['visit', 3],
  ['letter', 3],
  ['socialPost', 2],
  ['fax', 2],
] as const

type Kind = (typeof KINDS)[number][0]

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const DAYS = 730
/** Probability that an interaction is about the contact's account. */
const REGARDING = 0.3

/**
 * Generates the interactions with the contacts of a slice in the two years up to `until`. A few contacts have many
 * interactions, and there are more recent interactions than old ones. When `count` is large enough, every kind occurs.
 */
export function generateInteractions(
  random: Random,
  contacts: readonly DemoContact[],
  count: number,
  userCount: number,
  until: Date,
): DemoInteraction[] {
  if (contacts.length === 0) return []
  return Array.from({ length: count }, (_, index) => {
    const kind = KINDS[index]?.[0] ?? random.weighted(KINDS)
    const contact = random.skewedIndex(contacts.length)
    return generateInteraction(random, kind, contact, contacts, userCount, until)
  })
}

function generateInteraction(
  random: Random,
  kind: Kind,
  contact: number,
  contacts: readonly DemoContact[],
  userCount: number,
  until: Date,
): DemoInteraction {
  const { owner = 0, roles = [] } = contacts[contact] ?? {}
  const user = random.chance(0.75) ? owner : random.int(0, userCount - 1)
  const isInbound = random.chance(0.4)
  const occurredAt = workingTime(random, until)
  const topic = random.pick(TOPICS)
  const [contactRole, userRole] = ROLES[kind](isInbound)
  const [role] = roles
  const otherContact = random.int(0, contacts.length - 1)
  const hasOtherContact = kind === 'meeting' && otherContact !== contact && random.chance(0.4)
  return {
    kind,
    input: {
      subject: `About ${topic}`,
      body: BODIES[kind](topic),
      direction: kind === 'note' ? 'INTERNAL' : isInbound ? 'INBOUND' : 'OUTBOUND',
      occurredAt,
      ...DETAILS[kind](random, occurredAt),
    },
    participants: [
      { contact, role: contactRole },
      { user, role: userRole },
      ...(hasOtherContact ? [{ contact: otherContact, role: 'ATTENDEE' }] : []),
    ],
    regarding: role && random.chance(REGARDING) ? role.account : null,
  }
}

/** The functions that return the roles of the contact and of the user, in this order. */
const ROLES: Readonly<Record<Kind, (isInbound: boolean) => readonly [string, string]>> = {
  email: (isInbound) => (isInbound ? ['SENDER', 'TO'] : ['TO', 'SENDER']),
  call: (isInbound) => (isInbound ? ['CALLER', 'CALLEE'] : ['CALLEE', 'CALLER']),
  meeting: () => ['ATTENDEE', 'ORGANIZER'],
  note: () => ['MENTIONED', 'AUTHOR'],
  chat: () => ['PARTICIPANT', 'PARTICIPANT'],
  visit: (isInbound) => (isInbound ? ['VISITOR', 'HOST'] : ['HOST', 'VISITOR']),
  letter: (isInbound) => (isInbound ? ['SENDER', 'TO'] : ['TO', 'SENDER']),
  socialPost: (isInbound) => (isInbound ? ['AUTHOR', 'MENTIONED'] : ['MENTIONED', 'AUTHOR']),
  fax: (isInbound) => (isInbound ? ['SENDER', 'TO'] : ['TO', 'SENDER']),
}

const BODIES: Readonly<Record<Kind, (topic: string) => string>> = {
  email: (topic) =>
    `Thank you for your time. Here is what we said about ${topic}; please tell us if something is missing.`,
  call: (topic) => `Spoke about ${topic}. They will come back to us.`,
  meeting: (topic) => `Went through ${topic}. Everybody agreed on the next step.`,
  note: (topic) => `Worth knowing: ${topic} matters to them more than the price.`,
  chat: (topic) => `A short question about ${topic}, answered at once.`,
  visit: (topic) => `Had a look together and talked about ${topic}.`,
  letter: (topic) => `Papers about ${topic}.`,
  socialPost: (topic) => `A friendly word in public about ${topic}.`,
  fax: (topic) => `Signed page about ${topic}.`,
}

const OUTCOMES = [
  ['connected', 60],
  ['voicemail', 25],
  ['no answer', 15],
] as const

const minutesAfter = (time: Date, minutes: number) => new Date(time.getTime() + minutes * MINUTE_MS)

/** The functions that return the fields that only interactions of one kind have. */
const DETAILS: Readonly<Record<Kind, (random: Random, occurredAt: Date) => object>> = {
  email: (random) => ({ messageId: `<${random.int(1, 2 ** 31)}@mail.example>` }),
  call(random) {
    const outcome = random.weighted(OUTCOMES)
    return { outcome, durationSeconds: outcome === 'connected' ? random.int(40, 2_400) : 0 }
  },
  meeting: (random, time) =>
    random.chance(0.5)
      ? { endedAt: minutesAfter(time, 45), joinUrl: 'https://meet.example/room' }
      : { endedAt: minutesAfter(time, 60), location: 'Their office' },
  note: () => ({}),
  chat: (random, time) => ({
    service: random.pick(['website', 'messenger']),
    endedAt: minutesAfter(time, random.int(2, 30)),
  }),
  visit: (random, time) => ({
    location: random.pick(['Their plant', 'Our showroom', 'Trade fair']),
    endedAt: minutesAfter(time, 120),
  }),
  letter: (random) => ({ trackingNumber: `RR${random.int(100_000_000, 999_999_999)}XX` }),
  socialPost: () => ({ network: 'fediverse', url: 'https://social.example/post' }),
  fax: (random) => ({ faxNumber: `+493023125${random.int(100, 999)}`, pageCount: random.int(1, 6) }),
}

/** Returns a time between 8:00 and 18:00 UTC on a weekday. Times nearer to `until` are more likely. */
function workingTime(random: Random, until: Date): Date {
  const day = new Date(until.getTime() - (1 + Math.floor(DAYS * random.next() ** 1.6)) * DAY_MS)
  const weekend = { 0: 2, 6: 1 }[day.getUTCDay()] ?? 0
  const time = new Date(day.getTime() - weekend * DAY_MS)
  time.setUTCHours(random.int(8, 17), random.int(0, 59), 0, 0)
  return time
}
