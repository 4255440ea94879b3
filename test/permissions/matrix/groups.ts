import { type GraphQLObjectType, type GraphQLSchema, getNamedType, isEnumType, isObjectType } from 'graphql'
import { at, listAt } from '../../../src/testing/answers.ts'
import { conditionsOf } from './filters.ts'
import type { Fixture } from './fixture.ts'
import { type Asking, leaks, listsOf, placeOf, split } from './records.ts'
import { capital, inputFields, selected } from './schema.ts'

const BATCH = 60
const SUFFIX = /(?:Day|Week|Month|Quarter|Year|FiscalQuarter|FiscalYear|Currency)$/
/** Values that belong to no single record: the first day of a period of one record can be the day of another. */
const COMPUTED = /(?:Week|Month|Quarter|Year)$|^(?:sum|avg)$/
const FUNCTION = /^(?:sum|avg|min|max|countDistinct)(?=[A-Z])/

/**
 * Arguments that convert amounts, which are in euros. Into dollars they are worth what rates say that may be hidden: it
 * is intended that amounts are converted by them, so only the exit asks for that.
 */
const CONVERTED = ['convertTo: { currency: EUR }', 'convertTo: { currency: USD, on: "2026-01-31" }'] as const

/** A request of an aggregate that uses one field of an object. */
export interface GroupProbe {
  readonly field: string
  readonly text: string
}

/**
 * Returns requests of the object's aggregate: by each key, each value of a group, condition and order.
 * @param depth of the selection of related records, see `selection`
 */
export function groupProbes(schema: GraphQLSchema, object: string, singular: string, depth: 0 | 1): GroupProbe[] {
  const root = schema.getQueryType()?.getFields()[`${singular}Aggregate`]
  const group = schema.getType(`${object}AggregateGroup`)
  if (!root || !isObjectType(group)) return []
  const [keyType, having, orderBy] = ['Key', 'Having', 'OrderBy'].map((part) =>
    schema.getType(`${object}Aggregate${part}`),
  )
  if (!isObjectType(keyType)) throw new Error(`${object} has groups without keys.`)
  const keys = keysOf(schema, object)
  const names = new Set(Object.keys(keyType.getFields()))
  const fieldOf = (name: string) => {
    const base = name.replace(SUFFIX, '')
    return schema.getType(object) && (hasField(schema, object, name) || !names.has(name)) ? name : base
  }
  const ask = (args: string, selection: string) =>
    `${root.name}${args === '' ? '' : `(${args})`} { groups { ${selection} } }`
  const values = Object.values(group.getFields()).filter((field) => isObjectType(getNamedType(field.type)))
  return [
    ...keys.map(([value, name]) => ({ field: fieldOf(name), text: ask(`groupBy: [${value}]`, 'count') })),
    // Of a period only the exit asks for the value: a test of single fields would take it for a value of another field.
    ...keys
      .filter(([, name]) => depth === 1 || !COMPUTED.test(name))
      .map(([value, name]) => ({
        field: fieldOf(name),
        text: ask(`groupBy: [${value}]`, `count key { ${selectedOf(schema, keyType, name, depth)} }`),
      })),
    ...keys.map(([, name]) => ({
      field: fieldOf(name),
      text: ask('', `key { ${selectedOf(schema, keyType, name, depth)} }`),
    })),
    ...values
      .filter(({ name }) => name !== 'key')
      .flatMap((part) => {
        const type = getNamedType(part.type)
        return isObjectType(type)
          ? Object.keys(type.getFields()).flatMap((name) => {
              const selection = `${part.name} { ${selectedOf(schema, type, name, depth)} }`
              const isMoney = getNamedType(type.getFields()[name]?.type)?.name === 'Money'
              return ['', ...(isMoney ? [CONVERTED[depth]] : [])].map((args) => ({
                field: name,
                text: ask(args, selection),
              }))
            })
          : []
      }),
    ...conditionsOf(schema, String(having?.name ?? ''))
      .filter(({ field }) => field !== 'count')
      .map(({ field, text }) => ({
        field: measured(field),
        text: ask([groupedByCurrency(keys, measured(field)), `having: { ${text} }`].join(''), 'count'),
      })),
    ...inputFields(orderBy)
      .filter(({ name }) => name !== 'count')
      .map(({ name }) => {
        const key = keys.find(([, each]) => each === name)
        const by = key ? `groupBy: [${key[0]}], ` : groupedByCurrency(keys, measured(name))
        return {
          field: key ? fieldOf(name) : measured(name),
          text: ask(`${by}orderBy: [{ ${name}: DESC }]`, 'count'),
        }
      }),
  ]
}

function hasField(schema: GraphQLSchema, object: string, name: string): boolean {
  const type = schema.getType(object)
  return type !== undefined && 'getFields' in type && name in type.getFields()
}

function selectedOf(schema: GraphQLSchema, type: GraphQLObjectType, name: string, depth: 0 | 1): string {
  const field = type.getFields()[name]
  if (!field) throw new Error(`${type.name} has no field ${name}.`)
  return selected(schema, field, depth)
}

/** The values of `groupBy`, each with the field of the key: `CREATED_AT_MONTH` with `createdAtMonth`. */
function keysOf(schema: GraphQLSchema, object: string): [string, string][] {
  const type = schema.getType(`${object}GroupBy`)
  if (!isEnumType(type)) return []
  return type
    .getValues()
    .map(({ name }) => [name, name.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())])
}

function measured(name: string): string {
  const field = name.replace(FUNCTION, '')
  return field.charAt(0).toLowerCase() + field.slice(1)
}

/** Amounts of money can only be compared where groups have one currency. */
function groupedByCurrency(keys: readonly (readonly [string, string])[], field: string): string {
  const key = keys.find(([, name]) => name === `${field}Currency`)
  return key ? `groupBy: [${key[0]}], ` : ''
}

/**
 * Requests the aggregate of every object by each key, with all values, conditions and orders. The groups must count as
 * many records as the list, which other exits compare with the oracle.
 */
export async function groupEverything(asking: Asking): Promise<void> {
  const { fixture, token, found } = asking
  const { hidden } = split(asking)
  for (const [object, list] of listsOf(fixture)) {
    const singular = fixture.registry.objects.get(object)?.singular ?? ''
    const probes = [
      ...groupProbes(fixture.schema, object, singular, 1).map(({ text }) => text),
      ...withArguments(fixture, object, singular),
      ...withConversion(fixture, object, singular),
    ]
    for (let start = 0; start < probes.length; start += BATCH) {
      const batch = probes.slice(start, start + BATCH)
      const requests = batch.map((text, index) => `p${index}: ${text}`)
      const answer = await fixture.asker.ask(token, `{ all: ${list} { totalCount } ${requests.join(' ')} }`)
      for (const error of answer.errors)
        if (!['MIXED_CURRENCIES', 'NO_EXCHANGE_RATE'].includes(String(at(error.extensions, 'code'))))
          found.push(`grouping ${object}: ${error.message}`)
      const text = JSON.stringify(answer.data, (key, value: unknown) =>
        COMPUTED.test(key) ? null : value,
      ).toLowerCase()
      for (const leak of leaks(text, hidden))
        found.push(`grouping ${object} tells of ${leak} ${placeOf(answer.data, leak)}`)
      for (const [index, text] of batch.entries()) {
        if (!/^\w+\(groupBy: [^,]* count/.test(text)) continue
        const groups = answer.data === null ? [] : listAt(answer.data, `p${index}.groups`)
        const total = groups.reduce<number>((sum, group) => sum + Number(at(group, 'count')), 0)
        const expected = at(answer.data, 'all.totalCount')
        if (total !== expected) found.push(`${text} counts ${total} records instead of ${String(expected)}`)
      }
    }
  }
}

/** Returns a request of the aggregate with each argument that selects records. */
function withArguments({ schema }: Fixture, object: string, singular: string): string[] {
  const root = schema.getQueryType()?.getFields()[`${singular}Aggregate`]
  const [condition] = conditionsOf(schema, `${object}Filter`)
  const samples: Readonly<Record<string, string>> = {
    filter: `{ ${condition?.text ?? ''} }`,
    search: '"zk"',
    includeDeleted: 'true',
    having: '{ count: { gte: 1 } }',
    orderBy: '[{ count: DESC }]',
    first: '1',
  }
  return (root?.args ?? []).flatMap(({ name }) =>
    samples[name] === undefined
      ? []
      : [`${singular}Aggregate(${name}: ${samples[name]}) { hasMore groups { __typename count } }`],
  )
}

/** Returns requests of the aggregate that convert amounts, with the exchange rates by which they are converted. */
function withConversion({ schema }: Fixture, object: string, singular: string): string[] {
  const type = schema.getType('CurrencyConversion')
  const totals = schema.getType(`${object}AggregateTotals`)
  const aggregate = schema.getType(`${object}Aggregate`)
  if (!isObjectType(type) || !isObjectType(aggregate) || !aggregate.getFields()['conversion']) return []
  const amounts = isObjectType(totals)
    ? Object.values(totals.getFields()).filter((field) => getNamedType(field.type).name === 'Money')
    : []
  const told = Object.keys(type.getFields()).map((name) => selectedOf(schema, type, name, 1))
  const sums = amounts.map((field) => selected(schema, field, 0))
  const groups = `groups { count sum { ${sums.join(' ')} } }`
  const values = ['having', 'orderBy'].map((name) => schema.getType(`${object}Aggregate${capital(name)}`))
  const [compared] = amounts.map(({ name }) => `sum${capital(name)}`)
  const [having, orderBy] = values.map((input) => inputFields(input).some(({ name }) => name === compared))
  return [
    `(${CONVERTED[1]}) { conversion { ${told.join(' ')} } ${groups} }`,
    ...(having ? [`(${CONVERTED[1]}, having: { ${compared}: { gt: "0" } }) { groups { count } }`] : []),
    ...(orderBy ? [`(${CONVERTED[1]}, orderBy: [{ ${compared}: ASC }]) { groups { count } }`] : []),
  ].map((text) => `${singular}Aggregate${text}`)
}
