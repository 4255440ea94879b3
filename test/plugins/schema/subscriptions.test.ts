import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { logEnd, logSettled } from '../../support/log.ts'
import { addAccount } from '../../support/records.ts'
import { openAdmitted } from '../../support/socket.ts'
import { openStream } from '../../support/sse.ts'
import { signals } from './signals-plugin.ts'

let app: TestApp
let url: string
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: signals }] })
  url = (await app.listen()).webSocketUrl
  await addAccount(app.as('member'), { name: 'First' })
})
beforeEach(() => logSettled(app))
afterAll(() => app.close())

const SIGNALS =
  'subscription ($prefix: String, $after: String) { accountSignalled(prefix: $prefix, after: $after) { cursor at value { name } } }'
const UPDATE =
  'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { version } userErrors { message } } }'
const nameOf = (event: unknown) => at(event, 'data.accountSignalled.value.name')
const cursorOf = (event: unknown) => textAt(event, 'data.accountSignalled.cursor')

describe('a subscription that a plugin adds', () => {
  it('sends an event for each change that its code decides is one, in the order of the log, with its arguments', async () => {
    const stream = await openStream(app, app.as('reader'), SIGNALS, { prefix: 'A' })
    const made = await addAccount(app.as('member'), { name: 'A1' })
    await addAccount(app.as('member'), { name: 'B1' })
    await app.as('member').must(UPDATE, { input: { id: made.id, version: made.version, industry: 'Typed' } })
    await addAccount(app.as('member'), { name: 'A2' })
    const events = [await stream.next(), await stream.next()]
    expect(events.map(nameOf)).toEqual(['A1', 'A2'])
    expect(events[0]).toEqual({
      data: { accountSignalled: { cursor: expect.any(String), at: expect.any(String), value: { name: 'A1' } } },
    })
    stream.close()
  })

  it('resumes after the cursor of an event, without loss or repetition, also after more changes than one statement reads', async () => {
    const after = await logEnd(app)
    for (const name of ['R1', 'R2', 'R3']) await addAccount(app.as('member'), { name })
    const records = Array.from({ length: 130 }, (_, index) => ({ name: `S${index}` }))
    await app
      .as('member')
      .must('mutation ($input: CreateAccountsInput!) { createAccounts(input: $input) { userErrors { message } } }', {
        input: { records },
      })
    await addAccount(app.as('member'), { name: 'R4' })
    const stream = await openStream(app, app.as('reader'), SIGNALS, { after, prefix: 'R' })
    const first = [await stream.next(), await stream.next()]
    stream.close()
    const again = await openStream(app, app.as('reader'), SIGNALS, { after: cursorOf(first[1]), prefix: 'R' })
    const rest = [await again.next(), await again.next()]
    expect([...first, ...rest].map(nameOf)).toEqual(['R1', 'R2', 'R3', 'R4'])
    await addAccount(app.as('member'), { name: 'R5' })
    expect(nameOf(await again.next())).toBe('R5')
    again.close()
  })

  it('accepts the cursors of `changes`, and refuses any other', async () => {
    const after = await logEnd(app)
    await addAccount(app.as('member'), { name: 'C1' })
    const stream = await openStream(app, app.as('reader'), SIGNALS, { after })
    expect(nameOf(await stream.next())).toBe('C1')
    stream.close()
    const refused = await openStream(app, app.as('reader'), SIGNALS, { after: 'nonsense' })
    expect(at(await refused.next(), 'errors.0.extensions.code')).toBe('BAD_USER_INPUT')
  })

  it('sends the events of its own workspace only', async () => {
    const [here, there] = await Promise.all([
      openStream(app, app.as('reader'), SIGNALS),
      openStream(app, app.as('reader', 'globex'), SIGNALS),
    ])
    await addAccount(app.as('member'), { name: 'Here' })
    await addAccount(app.as('member', 'globex'), { name: 'There' })
    expect(nameOf(await there.next())).toBe('There')
    expect(nameOf(await here.next())).toBe('Here')
    here.close()
    there.close()
  })

  it('returns types, enums and scalars of the plugin, lists, aliases and records, in a context of its own for each event', async () => {
    const stream = await openStream(
      app,
      app.as('reader'),
      `subscription { signal: accountSignalled {
        __typename
        value { __typename name urgency urgencies createdAt seenBefore account { id name createdBy { displayName } } }
        short: value { title: name }
      } }`,
    )
    const [low, high] = [
      await addAccount(app.as('member'), { name: 'Calm' }),
      await addAccount(app.as('member'), { name: '! Alarm' }),
    ]
    const expected = (name: string, urgency: string, id: string) => ({
      data: {
        signal: {
          __typename: 'AccountSignalledEvent',
          value: {
            __typename: 'AccountSignal',
            name,
            urgency,
            urgencies: ['LOW', 'HIGH'],
            createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
            seenBefore: [name],
            account: { id, name, createdBy: { displayName: expect.any(String) } },
          },
          short: { title: name },
        },
      },
    })
    expect(await stream.next()).toEqual(expected('Calm', 'LOW', low.id))
    expect(await stream.next()).toEqual(expected('! Alarm', 'HIGH', high.id))
    stream.close()
  })

  it('decides which changes are events also for a client that does not select the value', async () => {
    const stream = await openStream(
      app,
      app.as('reader'),
      'subscription { accountSignalled(prefix: "Only") { __typename cursor } }',
    )
    await addAccount(app.as('member'), { name: 'Other' })
    await addAccount(app.as('member'), { name: 'Only this' })
    const event = await stream.next()
    expect(at(event, 'data.accountSignalled.__typename')).toBe('AccountSignalledEvent')
    const again = await openStream(app, app.as('reader'), SIGNALS, { after: cursorOf(event) })
    await addAccount(app.as('member'), { name: 'Next' })
    expect(nameOf(await again.next())).toBe('Next')
    again.close()
    stream.close()
  })

  it('works over a WebSocket', async () => {
    const socket = await openAdmitted(url, app.as('reader').token ?? '')
    const after = await logEnd(app)
    socket.send({ id: 's', type: 'subscribe', payload: { query: SIGNALS, variables: { after } } })
    await addAccount(app.as('member'), { name: 'On the socket' })
    const message = await socket.next()
    expect(message).toMatchObject({ id: 's', type: 'next' })
    expect(at(message, 'payload.data.accountSignalled.value.name')).toBe('On the socket')
    socket.close()
  })
})
