import { getNamedType, isObjectType } from 'graphql'
import { encodeLogCursor } from '../../../src/platform/changes/cursor.ts'
import { at, listAt } from '../../../src/testing/answers.ts'
import { openStream } from '../../support/sse.ts'
import { conditionsOf } from './filters.ts'
import type { MatrixRecord } from './matrix-record.ts'
import { type Asking, kindsOf, leaks, listsOf, objectsOf, placeOf, split } from './records.ts'
import { capital, selection } from './schema.ts'

const BEGINNING = encodeLogCursor('0', '0')
const QUIET_MS = 50
/** Streams that a test opens at once. */
const STREAMS = 100
const PATIENCE_MS = 30_000

/** Opens every subscription from the beginning of the log, and checks all of its events. */
export async function followEverything(asking: Asking): Promise<void> {
  const { fixture, found } = asking
  const { schema, asker, app, boss } = fixture
  const { seen, hidden } = split(asking)
  const subscriptions = schema.getSubscriptionType()?.getFields() ?? {}
  const fields = Object.values(subscriptions)
  const streams = await Promise.all(
    fields.map(async (field) => {
      const document = `subscription ($after: String) { ${field.name}(after: $after) ${selection(schema, getNamedType(field.type), 1)} }`
      asker.note(document, { after: BEGINNING })
      return { name: field.name, stream: await openStream(app, boss, document, { after: BEGINNING }) }
    }),
  )
  await Promise.all(
    streams.map(async ({ name, stream }) => {
      const object = capital(name.replace(/Changed$/, ''))
      // Records that a plugin writes with SQL statements of its own are not in the log.
      const isFollowed = ({ shape }: MatrixRecord) =>
        fixture.makers.has(shape.type) && `${shape.permission}Changed` in subscriptions
      const expected = new Map(
        seen
          .filter((record) => isFollowed(record) && (name === 'changes' || record.shape.object === object))
          .map((record) => [record.id, record]),
      )
      const events: unknown[] = []
      while (expected.size > 0) {
        const event = await stream.next(PATIENCE_MS).catch(() => null)
        if (event === null) break
        events.push(event)
        expected.delete(String(at(event, `data.${name}.recordId`)))
      }
      events.push(...(await stream.drain(QUIET_MS)))
      stream.close()
      const text = JSON.stringify(events).toLowerCase()
      for (const leak of leaks(text, hidden)) found.push(`following ${name} tells of ${leak} ${placeOf(events, leak)}`)
      if (expected.size > 0)
        found.push(
          `following ${name} does not tell of ${[...expected.values()].map(({ shape, kind }) => `${shape.type} ${kind}`).join()} ${text.slice(0, 300)}`,
        )
    }),
  )
}

/** Opens every subscription with filters: with all conditions, or with three where a root list has the same filter. */
export async function followByFilters(asking: Asking): Promise<void> {
  const { fixture, token, found } = asking
  const { schema, asker, app } = fixture
  const { hidden } = split(asking)
  const listed = new Set(listsOf(fixture).keys())
  const documents = Object.values(schema.getSubscriptionType()?.getFields() ?? {}).flatMap((field) => {
    const filter = field.args.find(({ name }) => name === 'filter')
    const type = filter ? getNamedType(filter.type).name : ''
    const all = filter ? conditionsOf(schema, type, new Set()) : []
    const conditions = listed.has(type.replace(/Filter$/, '')) ? all.slice(0, 3) : all
    return conditions.map(
      ({ text }) =>
        `subscription ($after: String) { ${field.name}(after: $after, filter: { ${text} }) { recordId cursor } }`,
    )
  })
  const follow = async (document: string) => {
    asker.note(document, { after: BEGINNING })
    const stream = await openStream(app, token, document, { after: BEGINNING })
    const events = await stream.drain(QUIET_MS)
    stream.close()
    for (const leak of leaks(JSON.stringify(events).toLowerCase(), hidden)) found.push(`${document} tells of ${leak}`)
    for (const event of events)
      if (at(event, 'errors') !== undefined) found.push(`${document}: ${JSON.stringify(event)}`)
  }
  for (let start = 0; start < documents.length; start += STREAMS)
    await Promise.all(documents.slice(start, start + STREAMS).map(follow))
}

/** Reads every record by its id, and the `viewer`. */
export async function askByIds(asking: Asking): Promise<void> {
  const { fixture, token, found } = asking
  const { seen, hidden } = split(asking)
  const all = [...seen, ...hidden]
  const answer = await fixture.asker.ask(
    token,
    `{ ${all.map(({ id }, index) => `n${index}: node(id: "${id}") { __typename id }`).join(' ')} }`,
  )
  for (const [index, record] of all.entries()) {
    const told = at(answer.data, `n${index}.id`) ?? null
    if (told !== (index < seen.length ? record.id : null))
      found.push(`node(id:) of ${record.shape.type} ${record.kind} is ${String(told)}`)
  }
  const viewer = fixture.schema.getType('Viewer')
  if (!isObjectType(viewer)) throw new Error('There is no viewer.')
  const own = await fixture.asker.ask(token, `{ viewer ${selection(fixture.schema, viewer, 1)} }`)
  // Every caller may read their own sessions and their workspace through `viewer`.
  const others = hidden.filter(
    ({ shape, kind }) => shape.type !== 'Workspace' && !(shape.type === 'Session' && kind === 'own'),
  )
  for (const leak of leaks(own.text, others)) found.push(`viewer tells of ${leak} ${placeOf(own.data, leak)}`)
  for (const error of [...answer.errors, ...own.errors]) found.push(error.message)
}

/** Filters the log by the ids of hidden records, alone and together with types and operations. */
export async function askTheLog(asking: Asking): Promise<void> {
  const { fixture, token, found } = asking
  const { hidden } = split(asking)
  const filters = [
    { recordIds: hidden.map(({ id }) => id) },
    {
      recordIds: hidden.map(({ id }) => id),
      types: [...new Set(hidden.map(({ shape }) => shape.object))],
      operations: ['CREATED'],
    },
  ]
  for (const filter of filters) {
    const answer = await fixture.asker.ask(
      token,
      'query ($filter: ChangeFilter) { changes(first: 200, filter: $filter) { totalCount nodes { type } } }',
      { filter },
    )
    if (at(answer.data, 'changes.totalCount') !== 0)
      found.push(`the log tells of hidden records: ${JSON.stringify(answer.data)} ${JSON.stringify(answer.errors)}`)
  }
}

/** Reads the log page by page. */
export async function pollEverything({ fixture, token, found, ...rest }: Asking): Promise<void> {
  const { hidden } = split({ fixture, token, found, ...rest })
  const type = fixture.schema.getType('ChangeConnection')
  if (!isObjectType(type)) throw new Error('There is no log.')
  let after: unknown = null
  for (let page = 0; page < 20; page++) {
    const answer = await fixture.asker.ask(
      token,
      `query ($after: String) { changes(first: 200, after: $after) ${selection(fixture.schema, type, 1)} }`,
      { after },
    )
    for (const leak of leaks(answer.text, hidden)) found.push(`polling tells of ${leak} ${placeOf(answer.data, leak)}`)
    for (const error of answer.errors) found.push(`polling: ${error.message}`)
    if (at(answer.data, 'changes.pageInfo.hasNextPage') !== true) return
    after = at(answer.data, 'changes.pageInfo.endCursor')
  }
  found.push('polling never ends')
}

/** Searches every object that can be searched for words that only hidden records have. */
export async function searchEverything(asking: Asking): Promise<void> {
  const { fixture, token, found } = asking
  const { hidden } = split(asking)
  for (const [object, list] of listsOf(fixture)) {
    const field = fixture.schema.getQueryType()?.getFields()[list]
    if (!field?.args.some(({ name }) => name === 'search')) continue
    const words = hidden
      .filter(({ shape }) => shape.object === object)
      .flatMap(({ values }) => [...values.values()].filter((value) => /^zk\d+q$/.test(String(value))).slice(0, 2))
    const answer = await fixture.asker.ask(
      token,
      `{ ${words.map((word, index) => `s${index}: ${list}(search: "${word}") { totalCount nodes { id } }`).join(' ')} none: __typename }`,
    )
    // Search also finds similar words: all that it finds must be counted, and nothing hidden may be among it.
    for (const leak of leaks(answer.text, hidden))
      found.push(`${list}(search:) tells of ${leak} ${placeOf(answer.data, leak)}`)
    for (const [key, value] of Object.entries(answer.data ?? {}))
      if (key !== 'none' && at(value, 'totalCount') !== listAt(value, 'nodes').length)
        found.push(`${list}(search:) counts what it does not tell: ${JSON.stringify(value)}`)
    for (const error of answer.errors) found.push(`search: ${error.message}`)
  }
}

/** Lets the code of a plugin find the records of every object for the caller. */
export async function findEverything(asking: Asking): Promise<void> {
  const { fixture, token, found, permissions } = asking
  const { seen, hidden } = split(asking)
  // The log and the sides of relationships have no records of their own.
  for (const object of objectsOf(fixture).filter(
    (name) => fixture.registry.objects.get(capital(name))?.isNode && name !== 'change',
  )) {
    const answer = await fixture.asker.ask(token, `query ($object: String!) { wideRecords(object: $object) }`, {
      object: capital(object),
    })
    const rows = at(answer.data, 'wideRecords')
    if (typeof rows !== 'string') {
      // The query of the plugin requires account:read.
      if (permissions.some((text) => text.startsWith('account:')))
        found.push(`records.find of ${object}: ${JSON.stringify(answer.errors)}`)
      continue
    }
    for (const leak of leaks(answer.text, hidden))
      found.push(`records.find of ${object} tells of ${leak} ${placeOf(answer.data, leak)}`)
    const ids = listAt({ rows: JSON.parse(rows) }, 'rows').map((row) => at(row, 'id'))
    const expected = seen.filter((record) => record.shape.permission === object)
    const missing = expected.filter(({ uuid }) => !ids.includes(uuid))
    if (missing.length > 0)
      found.push(
        `records.find of ${object} lacks ${kindsOf(
          fixture,
          missing.map(({ id }) => id),
        )}`,
      )
  }
}
