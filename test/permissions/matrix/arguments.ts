import {
  type GraphQLArgument,
  type GraphQLField,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql'
import { at } from '../../../src/testing/answers.ts'
import { conditionsOf } from './filters.ts'
import type { Fixture } from './fixture.ts'
import { targetType } from './inputs.ts'
import { type Asking, leaks, placeOf, split } from './records.ts'
import { extraPermission, inputFields, type RecordShape, selection } from './schema.ts'

type Field = GraphQLField<unknown, unknown>

/** A field to request: a root field (`shape` is null) or a field of a record type. */
interface Place {
  readonly field: Field
  readonly shape: RecordShape | null
}

/** The paging arguments of each kind of page. */
const PAGES: readonly (readonly string[])[] = [['first'], ['last'], ['first', 'after'], ['last', 'before']]
const PAGING: ReadonlySet<string> = new Set(PAGES.flat())

/** Whether the field returns pages. Of another list, such as that of recommendations, `first` is the greatest length. */
function isPaged({ field }: Pick<Place, 'field'>): boolean {
  return getNamedType(field.type).name.endsWith('Connection')
}

/** Of these arguments and input fields only one may be sent: each request takes the next of them. */
const ALTERNATIVES: readonly (readonly string[])[] = [
  ['recommendProducts.accountId', 'recommendProducts.opportunityId'],
  ['FiscalPeriodInput.quarter', 'FiscalPeriodInput.month'],
  ['forecast.ownerId', 'forecast.teamId'],
]

/** How often a field is requested on a page: once for each alternative, and for each order that only it has. */
function timesOf({ schema }: Fixture, { name, args }: Field): number {
  const owners = [name, ...args.map(({ type }) => getNamedType(type).name)]
  const groups = ALTERNATIVES.filter(([first = '']) => owners.some((owner) => first.startsWith(`${owner}.`)))
  const order = args.find((arg) => arg.name === 'orderBy')
  const roots = Object.values(schema.getQueryType()?.getFields() ?? {})
  const isListed = roots.some((root) => root.args.some(({ type }) => order && String(type) === String(order.type)))
  const orders = order && !isListed ? inputFields(getNamedType(order.type)).length : 1
  return Math.max(1, orders, ...groups.map(({ length }) => length))
}

/** Whether another alternative is taken this time. */
function isLeftOut(owner: string, name: string): boolean {
  const group = ALTERNATIVES.find((each) => each.includes(`${owner}.${name}`))
  if (!group) return false
  const turn = turns.get(`${owner}.${name}`) ?? 0
  turns.set(`${owner}.${name}`, turn + 1)
  return group[turn % group.length] !== `${owner}.${name}`
}

/** Root fields that other exits request, besides aggregates: records by id or found by a plugin, and the caller. */
const ELSEWHERE: ReadonlySet<string> = new Set(['node', 'nodes', 'wideRecords', 'narrowRecords', 'viewer'])

/** Requests root fields, and fields of records with arguments, for each kind of page and with all their arguments. */
export async function pageEverything(asking: Asking): Promise<void> {
  const { fixture } = asking
  const roots = Object.values(fixture.schema.getQueryType()?.getFields() ?? {}).filter(
    ({ name }) => !ELSEWHERE.has(name) && !name.endsWith('Aggregate'),
  )
  await askPlaces(
    asking,
    roots.map((field) => ({ field, shape: null })),
  )
  for (const shape of fixture.shapes)
    await askPlaces(
      asking,
      shape.fields.filter(({ args }) => args.length > 0).map((field) => ({ field, shape })),
    )
}

/** Returns a cursor of each list, as an administrator gets it: every caller may send it for the same list. */
async function cursorsOf(
  { asker, app, records }: Fixture,
  places: readonly Place[],
  shape: RecordShape | null,
): Promise<Map<Field, string>> {
  const paged = places.filter(isPaged)
  const inner = paged
    .map(({ field }, index) => `p${index}: ${field.name}(first: 1) { pageInfo { endCursor } }`)
    .join(' ')
  const ids = records.filter((record) => record.shape === shape).map(({ id }) => id)
  if (paged.length === 0) return new Map()
  const { data } = await asker.ask(
    app.as('admin').token ?? '',
    shape === null ? `{ ${inner} }` : `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${shape.type} { ${inner} } } }`,
    shape === null ? {} : { ids },
  )
  return new Map(
    paged.flatMap(({ field }, index) => {
      const found =
        shape === null
          ? [at(data, `p${index}.pageInfo.endCursor`)]
          : ids.map((_, record) => at(data, `nodes.${record}.p${index}.pageInfo.endCursor`))
      const cursor = found.find((each) => typeof each === 'string')
      return typeof cursor === 'string' ? [[field, cursor]] : []
    }),
  )
}

async function askPlaces(asking: Asking, places: readonly Place[]): Promise<void> {
  const { fixture, token, found } = asking
  const [shape = null] = places.map((place) => place.shape)
  if (places.length === 0) return
  const { seen, hidden } = split(asking, (record) => shape === null || record.shape === shape)
  const { hidden: allHidden } = split(asking)
  const ids = [...seen, ...hidden].slice(0, 2).map(({ id }) => id)
  const cursors = await cursorsOf(fixture, places, shape)
  const send = async (texts: readonly (readonly [Field, string])[]): Promise<void> => {
    const inner = texts.map(([, text], index) => `p${index}: ${text}`).join(' ')
    const document =
      shape === null
        ? `{ ${inner} }`
        : `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${shape.type} { ${inner} } } }`
    const answer = await fixture.asker.ask(token, document, shape === null ? {} : { ids })
    for (const { message, extensions } of answer.errors)
      if (shape !== null || at(extensions, 'code') !== 'FORBIDDEN')
        found.push(`${shape?.type ?? 'Query'}: ${message} ${document.slice(0, 600)}`)
    const named = new Set(document.match(/[a-z_]+_[0-9a-z]{26}/g))
    for (const leak of leaks(answer.text, allHidden))
      if (![...named].some((id) => leak.includes(id)))
        found.push(`asking ${shape?.type ?? 'Query'} tells of ${leak} ${placeOf(answer.data, leak)}`)
    // A refused root field can make the whole data null: then the other fields are requested again.
    const refused = new Set(answer.errors.map(({ path }) => path?.[0]))
    const rest = texts.filter((_, index) => !refused.has(`p${index}`))
    if (answer.data === null && rest.length < texts.length && rest.length > 0) await send(rest)
  }
  const hiddenOf = (type: string) =>
    hidden.find((record) => record.shape.type === type)?.id ??
    allHidden.find((record) => record.shape.type === type || record.shape.object === type)?.id ??
    allHidden[0]?.id ??
    ''
  for (const page of PAGES) {
    const requested = places.flatMap((place) => Array.from({ length: timesOf(fixture, place.field) }, () => place))
    const texts = requested.flatMap(({ field }) => {
      const hasPages = isPaged({ field })
      if (!hasPages && page !== PAGES[0]) return []
      // A cursor is only valid for the order in which it was created.
      const isFirst = page === PAGES[1]
      const args = field.args.flatMap((arg) => {
        if (PAGING.has(arg.name))
          return page.includes(arg.name)
            ? [
                [
                  arg.name,
                  arg.name === 'after' || arg.name === 'before' ? JSON.stringify(cursors.get(field) ?? null) : '3',
                ] as const,
              ]
            : []
        if (hasPages && !isFirst && arg.name !== 'includeDeleted') return []
        if (isLeftOut(field.name, arg.name)) return []
        return [[arg.name, sampleOf(fixture, field, arg, hiddenOf)] as const]
      })
      if (args.some(([, text]) => text === 'null')) return []
      const written = args.length > 0 ? `(${args.map(([name, text]) => `${name}: ${text}`).join(', ')})` : ''
      return [
        [
          field,
          `${field.name}${written} ${selection(fixture.schema, getNamedType(field.type), depthOf(fixture, field, page === PAGES[0]))}`,
        ] as const,
      ]
    })
    for (let start = 0; start < texts.length; start += 25) await send(texts.slice(start, start + 25))
  }
}

/**
 * Depth of the selection: all fields for a root field that returns an interface, since no list of a type selects these;
 * else plain values; only ids on every page but the first.
 */
function depthOf({ schema }: Fixture, field: Field, isOnce: boolean): number {
  if (!isOnce) return 0
  const connection = getNamedType(field.type)
  const nodes = isObjectType(connection) ? connection.getFields()['nodes'] : undefined
  return isInterfaceType(nodes ? getNamedType(nodes.type) : connection) &&
    schema.getQueryType()?.getFields()[field.name] === field
    ? 2
    : 1
}

/** How often each type of order was used: the next use takes its next field. */
const turns = new Map<string, number>()

const SCALARS: Readonly<Record<string, string>> = {
  String: '"zk"',
  Boolean: 'true',
  Int: '1',
  Float: '0.5',
  Date: '"2024-05-01"',
  DateTime: '"2024-05-01T12:00:00Z"',
  Decimal: '"1.00"',
  CurrencyCode: '"EUR"',
}

function sampleOf(
  fixture: Fixture,
  field: Field,
  arg: Pick<GraphQLArgument, 'name' | 'type'>,
  hiddenOf: (type: string) => string,
): string {
  const { schema } = fixture
  const type = getNamedType(arg.type)
  const wrap = (text: string) => (isListType(getNullableType(arg.type)) ? `[${text}]` : text)
  if (type.name === 'ID')
    return wrap(
      JSON.stringify(
        hiddenOf(
          arg.name === 'id'
            ? getNamedType(field.type).name
            : (targetType(schema, getNamedType(field.type).name, arg.name) ?? 'Account'),
        ),
      ),
    )
  if (isEnumType(type)) return wrap(type.getValues()[0]?.name ?? '')
  // An input type of a query's own: all of its fields.
  if (isInputObjectType(type) && type.name.endsWith('Input'))
    return wrap(
      `{ ${inputFields(type)
        .filter((each) => !isLeftOut(type.name, each.name))
        .map((each) => `${each.name}: ${sampleOf(fixture, field, each, hiddenOf)}`)
        .join(', ')} }`,
    )
  if (isInputObjectType(type)) {
    const orders = inputFields(type)
    const turn = turns.get(type.name) ?? 0
    turns.set(type.name, turn + 1)
    if (arg.name === 'orderBy') return `[{ ${orders[turn % orders.length]?.name}: ASC }]`
    const conditions = conditionsOf(schema, type.name).filter(({ field: name }) =>
      inputFields(type).every((each) => each.name !== name || extraPermission(each) === null),
    )
    return wrap(`{ ${conditions[0]?.text ?? ''} }`)
  }
  const sample = SCALARS[type.name]
  if (sample === undefined)
    throw new Error(`The generator knows no value for ${field.name}(${arg.name}:) of ${type.name}.`)
  return wrap(sample)
}
