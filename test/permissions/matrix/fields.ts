import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at } from '../../../src/testing/answers.ts'
import { openStream } from '../../support/sse.ts'
import { conditionsOf } from './filters.ts'
import type { Fixture } from './fixture.ts'
import { groupProbes } from './groups.ts'
import type { MatrixRecord } from './matrix-record.ts'
import { ordersOf } from './records.ts'
import { camel, guardedFields, inputFields, type RecordShape, selected } from './schema.ts'
import { isDerived, valuesIn } from './values.ts'

/** A root field of a query that reads, filters by, sorts by or groups by one field of a type. */
interface Probe {
  /** The field, or the condition of a filter, that it uses. */
  readonly field: string
  readonly text: string
}

/** Whether its condition is nested in others. Such probes are left out for a caller who may read only one field. */
function isNested({ text }: Probe): boolean {
  return text.includes('NOT: [{ OR:')
}

/** What is tested of a type. */
interface Ways {
  readonly shape: RecordShape
  /** Fields that permissions name: those of the type, and the conditions of its filter. */
  readonly fields: readonly string[]
  readonly probes: readonly Probe[]
  readonly ids: readonly string[]
  readonly records: readonly MatrixRecord[]
}

/** Returns the probes that read, filter by, sort by and group by each field of a type, except fields in `known`. */
export function waysTo(fixture: Fixture, shape: RecordShape, known: ReadonlySet<string>): Ways {
  const { schema } = fixture
  const read = guardedFields(shape).filter(({ name }) => !known.has(name))
  const isFirst = known.size === 0
  const conditions = shape.list && isFirst ? conditionsOf(schema, `${shape.object}Filter`) : []
  const orders = shape.list && isFirst ? ordersOf(fixture, shape.object) : []
  const isNamed = (name: string) => name !== 'id' && name !== 'version'
  const probes = [
    ...read.map((field) => ({
      field: field.name,
      text: `nodes(ids: $ids) { ... on ${shape.type} { id ${selected(schema, field)} } }`,
    })),
    ...conditions
      .filter(({ field }) => isNamed(field))
      .map(({ field, text }) => ({ field, text: `${shape.list}(filter: { ${text} }) { totalCount }` })),
    ...conditions
      .filter(({ field }) => isNamed(field))
      .map(({ field, text }) => ({
        field,
        text: `${shape.list}(filter: { NOT: [{ OR: [{ AND: [{ ${text} }] }] }] }) { totalCount }`,
      })),
    ...orders
      .filter(isNamed)
      .map((field) => ({ field, text: `${shape.list}(orderBy: [{ ${field}: ASC }]) { totalCount }` })),
    ...(shape.list && isFirst ? groupProbes(schema, shape.object, shape.permission, 0) : []),
  ]
  const records = fixture.records.filter((record) => record.shape === shape)
  return {
    shape,
    // A type without records is requested by the id of a record that does not exist.
    ids: records.length > 0 ? records.map(({ id }) => id) : [encodeId(shape.prefix, NOBODY)],
    records,
    fields: [...new Set([...read.map(({ name }) => name), ...conditions.map(({ field }) => field)])].filter(isNamed),
    probes,
  }
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

/** The caller, and how their permissions are set. */
export interface Subject {
  readonly token: string
  grant(permissions: readonly string[]): Promise<void>
}

/** Tests each field of every type: as the only one that the caller may read, and as the only one that they may not. */
export async function readEachField(
  fixture: Fixture,
  subject: Subject,
  found: string[],
  isTried: (field: string, index: number) => boolean = () => true,
): Promise<void> {
  const known = new Map<string, Set<string>>()
  for (const shape of fixture.shapes) {
    const before = known.get(shape.object) ?? new Set<string>()
    const ways = waysTo(fixture, shape, before)
    known.set(shape.object, new Set([...before, ...ways.fields]))
    for (const field of ways.fields.filter(isTried)) {
      await onlyOne(fixture, subject, ways, field, found)
      await allButOne(fixture, subject, ways, field, found)
    }
  }
}

async function onlyOne(fixture: Fixture, subject: Subject, ways: Ways, field: string, found: string[]): Promise<void> {
  const { shape, records } = ways
  const role = `only ${shape.type}.${field}`
  await subject.grant([`${shape.permission}.${field}:read`, ...wholeOf(fixture, shape)])
  const simple = ways.probes.filter((probe) => !isNested(probe))
  const refusals = await send(fixture, subject, ways, simple)
  const answer = await send(
    fixture,
    subject,
    ways,
    simple.filter((probe) => probe.field === field),
  )
  for (const probe of simple) {
    const isAllowed = probe.field === field
    const permission = (isAllowed ? answer : refusals).refusalOf(probe)
    const expected = isAllowed ? null : `${shape.permission}.${probe.field}:read`
    if (permission !== expected)
      found.push(`${role}: ${probe.text} is ${permission === null ? 'answered' : `refused by ${permission}`}`)
  }
  const text = refusals.text + answer.text
  for (const leak of valuesIn(text, records, (path) => path !== field))
    if (!isDerived(shape, leak, field)) found.push(`${role}: tells ${leak}`)
  const told = valuesIn(text, records, (path) => path === field)
  // A connection contains only visible records, so all of its values need not be shown.
  const output = shape.fields.find(({ name }) => name === field)
  const expected =
    output && /Connection!?$/.test(String(output.type)) ? told : valuesIn(null, records, (path) => path === field)
  if (told.length !== expected.length) found.push(`${role}: tells ${told.join()} instead of ${expected.join()}`)
}

/** A permission without which no record is visible that is only visible with another one, such as a line of an order. */
function wholeOf({ registry }: Fixture, { object }: RecordShape): readonly string[] {
  const whole = registry.objects.get(object)?.visibleWith?.object
  return whole === undefined ? [] : [`${camel(whole)}.createdAt:read`]
}

/** Sends probes in one request. A refused root field can make the whole data null, so allowed ones are sent apart. */
async function send({ asker }: Fixture, { token }: Subject, { ids }: Ways, probes: readonly Probe[]) {
  if (probes.length === 0) return { text: '', refusalOf: () => null }
  const isRead = probes.some((probe) => probe.text.includes('$ids'))
  const document = `query${isRead ? ' ($ids: [ID!]!)' : ''} { ${probes.map((probe, index) => `p${index}: ${probe.text}`).join(' ')} }`
  const { text, errors } = await asker.ask(token, document, isRead ? { ids } : {})
  return { text, refusalOf: (probe: Probe) => refusalOf(errors, `p${probes.indexOf(probe)}`) }
}

/** Returns the permission that the error of a root field names, or its message; null when there is no error. */
function refusalOf(
  errors: readonly {
    readonly path?: readonly (string | number)[]
    readonly extensions?: unknown
    readonly message: string
  }[],
  key: string,
): string | null {
  const error = errors.find(({ path }) => path === undefined || path[0] === key)
  if (!error) return null
  const permission = at(error.extensions, 'permission')
  return at(error.extensions, 'code') === 'FORBIDDEN' && typeof permission === 'string' ? permission : error.message
}

async function allButOne(
  fixture: Fixture,
  subject: Subject,
  ways: Ways,
  field: string,
  found: string[],
): Promise<void> {
  const { shape, records } = ways
  const { schema, asker } = fixture
  const others = [...guardedFields(shape).map(({ name }) => name), ...ways.fields].filter((name) => name !== field)
  const conditions = inputFields(schema.getType(`${shape.object}Filter`))
    .map(({ name }) => name)
    .filter((name) => name !== field && !others.includes(name))
  await subject.grant(
    [...others, ...conditions]
      .map((name) => `${shape.permission}.${name}:read`)
      .concat('change:read', ...(shape.permission === 'auditEntry' ? [] : ['auditEntry:read']))
      .concat(wholeOf(fixture, shape)),
  )
  const role = `all but ${shape.type}.${field}`
  const all = others
    .flatMap((name) => shape.fields.filter((each) => each.name === name))
    .map((each) => selected(schema, each))
  const rest = { field: 'id', text: `nodes(ids: $ids) { ... on ${shape.type} { ${all.join(' ')} } }` }
  const log = { field: 'id', text: 'changes(first: 200) { nodes { recordId changedFields } }' }
  const probes = ways.probes.filter((probe) => probe.field === field)
  const refusals = await send(fixture, subject, ways, probes)
  const answer = await send(fixture, subject, ways, [rest, log])
  for (const probe of probes) {
    const permission = refusals.refusalOf(probe)
    if (permission !== `${shape.permission}.${field}:read`)
      found.push(`${role}: ${probe.text} is ${permission === null ? 'answered' : `refused by ${permission}`}`)
  }
  for (const probe of [rest, log])
    if (answer.refusalOf(probe) !== null) found.push(`${role}: ${probe.text} is refused: ${answer.refusalOf(probe)}`)
  for (const leak of valuesIn(refusals.text + answer.text, records, (path) => path === field))
    if (!isDerived(shape, leak, null)) found.push(`${role}: tells ${leak}`)
  const singular = shape.permission
  const subscription = schema.getSubscriptionType()?.getFields()[`${singular}Changed`]
  const output = shape.fields.find(({ name }) => name === field)
  if (!subscription) return
  const condition = conditionsOf(schema, `${shape.object}Filter`).find((each) => each.field === field)
  const isFiltered = subscription.args.some(({ name }) => name === 'filter')
  const documents = [
    ...(output
      ? [`subscription { ${singular}Changed { ${singular} { ... on ${shape.type} { ${selected(schema, output)} } } } }`]
      : []),
    ...(condition && isFiltered
      ? [`subscription { ${singular}Changed(filter: { ${condition.text} }) { recordId } }`]
      : []),
  ]
  for (const document of documents) {
    asker.note(document)
    const stream = await openStream(fixture.app, subject.token, document)
    const event = await stream.next(2_000).catch(() => null)
    stream.close()
    if (at(event, 'errors.0.extensions.permission') !== `${shape.permission}.${field}:read`)
      found.push(`all but ${shape.type}.${field}: ${document} is answered: ${JSON.stringify(event)}`)
  }
}
