import type { LimitName } from '../../src/server/limits/limits.ts'

/** A malicious request, and how it is refused. */
export interface Attack {
  readonly name: string
  /** Body of the POST request. */
  readonly body: string
  readonly code: 'QUERY_TOO_COMPLEX' | 'BAD_USER_INPUT'
  /** The limit that it exceeds. */
  readonly limit?: LimitName
  /** `data` of the response, when only a field is refused and not the whole request. */
  readonly data?: null | Readonly<Record<string, null>>
}

const list = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ')

function tooComplex(name: string, limit: LimitName, query: string, variables: unknown = {}): Attack {
  return { name, limit, code: 'QUERY_TOO_COMPLEX', body: JSON.stringify({ query, variables }) }
}

const FILTERED = 'query ($filter: AccountFilter) { accounts(filter: $filter) { totalCount } }'

export const ATTACKS: readonly Attack[] = [
  tooComplex('1,000 aliases of a field', 'aliases', `{ ${list(1_000, (n) => `a${n}: accounts { totalCount }`)} }`),
  tooComplex('1,000 aliases of __typename', 'aliases', `{ ${list(1_000, (n) => `a${n}: __typename`)} }`),
  tooComplex(
    '300 mutations',
    'aliases',
    `mutation { ${list(300, (n) => `a${n}: deleteAccount(input: { id: "x", version: 1 }) { account { id } }`)} }`,
  ),
  tooComplex('a document of 1 MB', 'documentLength', `{ accounts(search: "${'x'.repeat(1_000_000)}") { totalCount } }`),
  tooComplex('a document of 1 MB of fields', 'documentLength', `{ ${'__typename '.repeat(90_000)} }`),
  tooComplex('90,000 tokens', 'tokens', `{ ${'a '.repeat(90_000)} }`),
  tooComplex(
    '10,000 levels of fields',
    'nesting',
    `${'{ account(id: "x") { parent '.repeat(5_000)}{ id }${' } }'.repeat(5_000)}`,
  ),
  tooComplex('10,000 levels of brackets', 'nesting', '{'.repeat(10_000)),
  tooComplex(
    '10,000 levels of a filter',
    'nesting',
    `{ accounts(filter: ${'{ AND: ['.repeat(5_000)}{}${'] }'.repeat(5_000)}) { totalCount } }`,
  ),
  {
    name: 'first: 1e9',
    code: 'BAD_USER_INPUT',
    data: null,
    body: JSON.stringify({ query: '{ accounts(first: 1000000000) { nodes { id } } }' }),
  },
  {
    name: 'first: 1e9 within lists',
    code: 'QUERY_TOO_COMPLEX',
    limit: 'cost',
    body: JSON.stringify({
      query:
        'query ($n: Int) { accounts(first: $n) { nodes { contacts(first: $n) { nodes { accounts(first: $n) { nodes { id } } } } } } }',
      variables: { n: 1_000_000_000 },
    }),
  },
  tooComplex(
    'lists within lists',
    'cost',
    '{ accounts(first: 200) { nodes { contacts(first: 200) { nodes { accounts(first: 200) { totalCount } } } } } }',
  ),
  tooComplex(
    'lists within lists of the default size',
    'cost',
    '{ accounts { nodes { contacts { nodes { accounts { nodes { contacts { nodes { tasks { nodes { id } } } } } } } } } } }',
  ),
  tooComplex('1 MB of variables with 45,000 values', 'queryVariables', FILTERED, {
    filter: { name: { in: Array.from({ length: 45_000 }, (_, n) => `the value of number ${n}`) } },
  }),
  tooComplex('1 MB of variables in one value', 'queryVariables', FILTERED, {
    filter: { name: { equals: 'x'.repeat(1_000_000) } },
  }),
  tooComplex('1 MB of variables that the query does not declare', 'queryVariables', '{ __typename }', {
    more: 'x'.repeat(1_000_000),
  }),
  tooComplex('1 MB of variables with 100,000 values', 'variableValues', FILTERED, {
    filter: { name: { in: Array.from({ length: 100_000 }, (_, n) => `n${n}x`) } },
  }),
  tooComplex(
    '300,000 variables of a mutation',
    'variableValues',
    'mutation ($input: CreateAccountsInput!) { createAccounts(input: $input) { createdCount } }',
    { input: { records: Array(300_000).fill(1) } },
  ),
  // Written as text, because JSON.stringify fails at such a depth.
  {
    name: '10,000 levels of variables',
    code: 'QUERY_TOO_COMPLEX',
    limit: 'nesting',
    body: `{"query":${JSON.stringify(FILTERED)},"variables":{"filter":${'{"AND":['.repeat(5_000)}{}${']}'.repeat(5_000)}}}`,
  },
  tooComplex(
    'fragments that double 40 times',
    'selections',
    `{ ...f0 } ${list(40, (n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`)} fragment f40 on Query { __typename }`,
  ),
  tooComplex('fields of fragments that double 30 times', 'aliases', doublingFields(30)),
  tooComplex(
    'a chain of 190 fragments with many fields',
    'selections',
    `{ ...f0 } ${list(190, (n) => `fragment f${n} on Query { ...f${n + 1} __typename ...f190 }`)} fragment f190 on Query { ${'__typename '.repeat(90)} }`,
  ),
  tooComplex(
    '1,000 fragments',
    'fragments',
    `{ ...f0 } ${list(1_000, (n) => `fragment f${n} on Query { ...f${n + 1} }`)} fragment f1000 on Query { __typename }`,
  ),
  {
    name: 'fragments that include each other',
    code: 'BAD_USER_INPUT',
    body: JSON.stringify({
      query: `{ ...f0 } ${list(100, (n) => `fragment f${n} on Query { ...f${(n + 1) % 100} }`)}`,
    }),
  },
  {
    name: 'fragments that include each other in many ways',
    code: 'BAD_USER_INPUT',
    body: JSON.stringify({
      query: `{ ...f0 } ${list(100, (n) => `fragment f${n} on Query { ...f${(n + 1) % 100} ...f${(n + 7) % 100} }`)}`,
    }),
  },
  {
    name: 'fragments that are not used',
    code: 'BAD_USER_INPUT',
    body: JSON.stringify({ query: `{ __typename } ${list(190, (n) => `fragment f${n} on Query { __typename }`)}` }),
  },
  tooComplex(
    '1,000 directives on a field',
    'directivesInOnePlace',
    `{ __typename ${'@skip(if: false) '.repeat(1_000)} }`,
  ),
  tooComplex('1,000 directives', 'directives', `{ ${'__typename @skip(if: false) '.repeat(1_000)} }`),
  tooComplex('repeated fields within repeated fields', 'duplicates', repeated(12)),
  tooComplex('fields repeated in many places', 'repetitions', repeatedInPlaces(30, 40)),
  tooComplex('1,000 root fields', 'duplicates', `{ ${'__typename '.repeat(1_000)} }`),
  tooComplex(
    '60 root fields',
    'rootFields',
    `{ ${list(6, (n) => list(10, (m) => `a${n}${m}: ${['accounts', 'contacts', 'tasks', 'users', 'interactions', 'changes'][n]} { totalCount }`))} }`,
  ),
]

function doublingFields(levels: number): string {
  return `{ account(id: "x") { ...f0 } } ${list(levels, (n) => `fragment f${n} on Account { a${n}: parent { ...f${n + 1} } b${n}: parent { ...f${n + 1} } }`)} fragment f${levels} on Account { id }`
}

function repeated(times: number): string {
  const parents = (levels: number): string => (levels === 0 ? 'id' : `parent { ${parents(levels - 1)} } `.repeat(times))
  return `{ ${`account(id: "x") { ${parents(2)} } `.repeat(times)}}`
}

function repeatedInPlaces(places: number, times: number): string {
  return `{ ${list(3, (m) => list(places / 3, (n) => `a${m}${n}: ${['account', 'contact', 'task'][m]}(id: "x") { ${'id '.repeat(times)}}`))} }`
}
