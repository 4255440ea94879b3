import { at, listAt, textAt } from '../../src/testing/answers.ts'
import { openTestRun } from '../../src/testing/run.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { openAdmitted, type TestSocket } from '../../test/support/socket.ts'

// Measures how fast a board is live: two clients, one moves a card, the other sees it. Prints milliseconds from the moment
// that the first client sends `moveOpportunity`, until its own answer, and until `opportunityChanged` arrives at the other.
//
// Run: npm run bench:board

const WARM_UP = 20
const MOVES = 300
const LIMIT_MS = 100

const MOVE = `mutation ($input: MoveOpportunityInput!) {
  moveOpportunity(input: $input) { opportunity { id version stage { id } } userErrors { message } }
}`
const WATCH = `subscription { opportunityChanged { cursor operation opportunity { id version stage { id } amount { amount } } } }`

const cluster = await openTestRun()
try {
  const app = await createTestApp()
  try {
    await measure(app)
  } finally {
    await app.close()
  }
} finally {
  await cluster.close()
}

async function measure(app: TestApp): Promise<void> {
  const { webSocketUrl } = await app.listen()
  const member = app.as('member')
  const data = await member.must('{ pipelines(first: 1) { nodes { stages { id kind } } } }')
  const stages = listAt(listAt(data, 'pipelines.nodes')[0], 'stages').filter((stage) => at(stage, 'kind') === 'OPEN')
  const created = await member.must(
    'mutation { createOpportunity(input: { name: "Card" }) { opportunity { id } userErrors { message } } }',
  )
  const card = textAt(created, 'createOpportunity.opportunity.id')
  const mover = await openAdmitted(webSocketUrl, member.token ?? '')
  const watcher = await openAdmitted(webSocketUrl, app.as('reader').token ?? '')
  watcher.send({ id: 'board', type: 'subscribe', payload: { query: WATCH } })
  await subscribed(member, card, watcher)
  const times: { readonly answered: number; readonly seen: number }[] = []
  let version = await versionOf(member, card)
  for (let move = 0; move < WARM_UP + MOVES; move++) {
    // The card begins in the first stage, and a move to its own stage is no change.
    const input = { id: card, version, stageId: textAt(stages[(move + 1) % 2], 'id') }
    const start = performance.now()
    const since = async (socket: TestSocket) => ({ message: await socket.next(), ms: performance.now() - start })
    mover.send({ id: `move${move}`, type: 'subscribe', payload: { query: MOVE, variables: { input } } })
    const [answer, event] = await Promise.all([since(mover), since(watcher)])
    version = Number(at(answer.message, 'payload.data.moveOpportunity.opportunity.version'))
    const seen = at(event.message, 'payload.data.opportunityChanged.opportunity.version')
    if (seen !== version)
      throw new Error(`The move to version ${version} was seen as ${JSON.stringify(event.message)}.`)
    // The end of the operation, which graphql-ws sends after its answer.
    await mover.next()
    if (move >= WARM_UP) times.push({ answered: answer.ms, seen: event.ms })
  }
  mover.close()
  watcher.close()
  print(
    'answer to the client that moves',
    times.map(({ answered }) => answered),
  )
  const seen = times.map((time) => time.seen)
  print('event at the client that watches', seen)
  const late = seen.filter((ms) => ms > LIMIT_MS).length
  console.log(`\n${late} of ${MOVES} events arrived after more than ${LIMIT_MS} ms.`)
}

/** Updates the card until the watcher gets an event: the subscription is then open. */
async function subscribed(member: ReturnType<TestApp['as']>, card: string, watcher: TestSocket): Promise<void> {
  let isOpen = false
  const first = watcher.next().then(() => {
    isOpen = true
  })
  let updates = 0
  while (!isOpen) {
    const version = await versionOf(member, card)
    await member.must(
      'mutation ($input: UpdateOpportunityInput!) { updateOpportunity(input: $input) { userErrors { message } } }',
      { input: { id: card, version, nextStep: `Step ${++updates}` } },
    )
    await Promise.race([first, new Promise((resolve) => setTimeout(resolve, 100))])
  }
  await watcher.drain(500)
}

async function versionOf(member: ReturnType<TestApp['as']>, card: string): Promise<number> {
  const data = await member.must('query ($id: ID!) { opportunity(id: $id) { version } }', { id: card })
  return Number(at(data, 'opportunity.version'))
}

function print(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b)
  const percentile = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)
  console.log(
    `${name}: median ${percentile(0.5)} ms, p95 ${percentile(0.95)} ms, p99 ${percentile(0.99)} ms, slowest ${percentile(1)} ms`,
  )
}
