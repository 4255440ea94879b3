import type { Random } from './random.ts'
import type { DemoContact, DemoInteraction } from './slice.ts'
import { TOPICS } from './words.ts'

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

const DAY = 86_400_000
const MINUTE = 60_000
const DAYS = 730
const REGARDING = 0.3

/** What passed with the people of a slice in the two years up to `until`: much with a few of them, most of it lately. Each kind comes. */
export function makeInteractions(
  random: Random,
  contacts: readonly DemoContact[],
  count: number,
  userCount: number,
  until: Date,
): DemoInteraction[] {
  if (contacts.length === 0) return []
  return Array.from({ length: count }, (_, place) => {
    const kind = KINDS[place]?.[0] ?? random.weighted(KINDS)
    const contact = random.skewedIndex(contacts.length)
    return makeInteraction(random, kind, contact, contacts, userCount, until)
  })
}

function makeInteraction(
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
  const [theirs, ours] = ROLES[kind](isInbound)
  const [role] = roles
  const guest = random.int(0, contacts.length - 1)
  const isShared = kind === 'meeting' && guest !== contact && random.chance(0.4)
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
      { contact, role: theirs },
      { user, role: ours },
      ...(isShared ? [{ contact: guest, role: 'ATTENDEE' }] : []),
    ],
    regarding: role && random.chance(REGARDING) ? role.account : null,
  }
}

/** Roles of the contact and of the user. */
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

const after = (at: Date, minutes: number) => new Date(at.getTime() + minutes * MINUTE)

/** What only this kind has. */
const DETAILS: Readonly<Record<Kind, (random: Random, occurredAt: Date) => object>> = {
  email: (random) => ({ messageId: `<${random.int(1, 2 ** 31)}@mail.example>` }),
  call(random) {
    const outcome = random.weighted(OUTCOMES)
    return { outcome, durationSeconds: outcome === 'connected' ? random.int(40, 2_400) : 0 }
  },
  meeting: (random, at) =>
    random.chance(0.5)
      ? { endedAt: after(at, 45), joinUrl: 'https://meet.example/room' }
      : { endedAt: after(at, 60), location: 'Their office' },
  note: () => ({}),
  chat: (random, at) => ({ service: random.pick(['website', 'messenger']), endedAt: after(at, random.int(2, 30)) }),
  visit: (random, at) => ({
    location: random.pick(['Their plant', 'Our showroom', 'Trade fair']),
    endedAt: after(at, 120),
  }),
  letter: (random) => ({ trackingNumber: `RR${random.int(100_000_000, 999_999_999)}XX` }),
  socialPost: () => ({ network: 'fediverse', url: 'https://social.example/post' }),
  fax: (random) => ({ faxNumber: `+493023125${random.int(100, 999)}`, pageCount: random.int(1, 6) }),
}

/** A time between eight and six of a weekday, UTC; the nearer to `until`, the more often. */
function workingTime(random: Random, until: Date): Date {
  const day = new Date(until.getTime() - (1 + Math.floor(DAYS * random.next() ** 1.6)) * DAY)
  const weekend = { 0: 2, 6: 1 }[day.getUTCDay()] ?? 0
  const at = new Date(day.getTime() - weekend * DAY)
  at.setUTCHours(random.int(8, 17), random.int(0, 59), 0, 0)
  return at
}
