import { dictionary } from '@zxcvbn-ts/language-common'
import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PRODUCTION } from '../../src/server/server-settings.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { postJson } from '../support/post.ts'

/**
 * The tool Clairvoyance finds out a schema by guessing words and reading the suggestions in the errors. The errors of a
 * server in production contain no name of its schema that was not in the request.
 */
let app: TestApp
let secrets: ReadonlySet<string>

const NAME = /[_A-Za-z][_0-9A-Za-z]*/g
/** Names of the schema that are also words of GraphQL's error messages, such as "Cannot query field". */
const SENTENCES: ReadonlySet<string> = new Set(
  'at before error field fields has in is key not object on to type value'.split(' '),
)
const AT_ONCE = 20
const WORDS = 5_000

beforeAll(async () => {
  app = await createTestApp({ settings: PRODUCTION })
  secrets = namesOf(app.schema)
})
afterAll(() => app.close())

function namesOf(schema: GraphQLSchema): ReadonlySet<string> {
  const names = new Set<string>()
  for (const type of Object.values(schema.getTypeMap())) {
    names.add(type.name)
    if (isEnumType(type)) for (const { name } of type.getValues()) names.add(name)
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      names.add(field.name)
      if ('args' in field) for (const { name } of field.args) names.add(name)
    }
  }
  for (const { name } of schema.getDirectives()) names.add(name)
  return names
}

/** Names of the schema that are in the errors of a response and were not in the request. */
async function told(query: string, variables: unknown = {}): Promise<string[]> {
  const { json, text } = await postJson(app, { query, variables })
  const asked = new Set(`${query} ${JSON.stringify(variables)}`.match(NAME))
  const errors: unknown = json !== null && typeof json === 'object' && 'errors' in json ? json.errors : null
  if (!Array.isArray(errors)) return []
  const messages = errors.map(({ message, path }) => JSON.stringify([message, path ?? null])).join(' ')
  expect(text).not.toMatch(/did you mean/i)
  return (messages.match(NAME) ?? []).filter((word) => secrets.has(word) && !asked.has(word) && !SENTENCES.has(word))
}

function words(): string[] {
  const list = Object.values(dictionary).flat()
  const fit = list.filter((word) => /^[a-z]{3,12}$/.test(word))
  // The guesses include names that a CRM is likely to have, also misspelt.
  const likely = [
    'account',
    'acount',
    'accounts',
    'acounts',
    'contact',
    'contcts',
    'task',
    'viewer',
    'nod',
    'node',
    'nodes',
    'filte',
    'firs',
  ]
  return [...new Set([...likely, ...fit])].slice(0, WORDS)
}

const PROBES: Readonly<Record<string, (words: readonly string[]) => readonly [query: string, variables?: unknown]>> = {
  'fields of the root': (guesses) => [`{ ${guesses.join(' ')} }`],
  'fields with a selection': (guesses) => [`{ ${guesses.map((word) => `${word} { ${word} }`).join(' ')} }`],
  mutations: (guesses) => [`mutation { ${guesses.join(' ')} }`],
  'fields of a record': (guesses) => [`{ accounts { nodes { ${guesses.join(' ')} } } }`],
  arguments: (guesses) => [`{ accounts(${guesses.map((word) => `${word}: 1`).join(', ')}) { totalCount } }`],
  'fields of a filter': (guesses) => [
    `{ accounts(filter: { ${guesses.map((word) => `${word}: 1`).join(', ')} }) { totalCount } }`,
  ],
  'enum values': (guesses) => [
    `{ accounts(filter: { type: { in: [${guesses.map((word) => word.toUpperCase()).join(', ')}] } }) { totalCount } }`,
  ],
  types: (guesses) => [
    `{ node(id: "x") { ${guesses.map((word) => `... on ${word.charAt(0).toUpperCase()}${word.slice(1)} { ${word} }`).join(' ')} } }`,
  ],
  'types of variables': (guesses) => [
    `query (${guesses.map((word) => `$${word}: ${word.charAt(0).toUpperCase()}${word.slice(1)}Input!`).join(', ')}) { __typename }`,
  ],
  directives: (guesses) => [
    `{ __typename ${guesses
      .slice(0, 5)
      .map((word) => `@${word}`)
      .join(' ')} }`,
  ],
  'fields of variables': (guesses) => [
    'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { __typename } }',
    { input: Object.fromEntries(guesses.map((word) => [word, 1])) },
  ],
}

describe('in production, the errors for 5,000 guesses reveal no name of the GraphQL schema', () => {
  it.each(Object.entries(PROBES))('guesses of %s', async (_, probe) => {
    const guesses = words()
    expect(guesses).toHaveLength(WORDS)
    const found = new Set<string>()
    for (let start = 0; start < guesses.length; start += AT_ONCE)
      for (const word of await told(...probe(guesses.slice(start, start + AT_ONCE)))) found.add(word)
    expect([...found]).toEqual([])
  })
})

describe('in production, the errors for a nearly correct request reveal no name of the GraphQL schema', () => {
  it.each([
    ['a field without its selection', '{ accounts }'],
    ['a scalar field with a selection', '{ accounts { totalCount { x } } }'],
    ['an argument that is missing', '{ account { id } }'],
    ['an argument of the wrong type', '{ accounts(first: "ten") { totalCount } }'],
    ['a filter of the wrong type', '{ accounts(filter: { createdAt: { lt: 5 } }) { totalCount } }'],
    ['a wrong value of an enum', '{ accounts(orderBy: [{ name: DOWN }]) { totalCount } }'],
    ['a decimal of the wrong form', '{ accounts(filter: { annualRevenue: { amount: { gt: "x" } } }) { totalCount } }'],
    ['a fragment on another type', '{ accounts { ... on Contact { id } } }'],
    ['a fragment on a scalar type', '{ ... on String { id } }'],
    ['an input without a required field', 'mutation { createAccount(input: {}) { __typename } }'],
    ['two fields with one response key', '{ accounts { nodes { a: id a: name } } }'],
    ['an empty oneOf input', 'mutation { logInteraction(input: {}) { __typename } }'],
    ['quotes within a block string', '{ accounts(search: """a " b""", filter: 5) { totalCount } }'],
  ])('%s', async (_, query) => expect(await told(query)).toEqual([]))

  it.each([
    ['null', null],
    ['a text', 'x'],
    ['an input without a required field', {}],
    ['an input with values of the wrong type', { name: 5, annualRevenue: { amount: 1.5 }, type: 'FRIEND' }],
    ['an input with text that looks like an error message', { name: '"; Field "x', nam: '"; "' }],
  ])('a variable that is %s', async (_, input) => {
    const create = 'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { __typename } }'
    expect(await told(create, { input })).toEqual([])
  })
})
