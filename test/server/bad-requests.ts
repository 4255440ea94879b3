/** An invalid request, and the error code that it must be refused with. */
export interface BadRequest {
  readonly name: string
  readonly body: string
  readonly code: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Records {
  /** A record of the caller's workspace, at version 1. */
  readonly accountId: string
  /** A cursor of another list. */
  readonly otherCursor: string
  /** A cursor of `accounts` ordered by name. */
  readonly nameCursor: string
}

const CREATE =
  'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } userErrors { code } } }'
const CONTACT =
  'mutation ($input: CreateContactInput!) { createContact(input: $input) { contact { id } userErrors { code } } }'
const LOG =
  'mutation ($input: LogInteractionInput!) { logInteraction(input: $input) { interaction { id } userErrors { code } } }'
const LIST = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: AccountFilter, $orderBy: [AccountOrderBy!], $search: String) {
  accounts(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy, search: $search) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage } }
}`

const deep = (levels: number): unknown => (levels === 0 ? { name: { equals: 'x' } } : { AND: [deep(levels - 1)] })
// Written as text, because JSON.stringify fails at such a depth.
const tooDeep = `{"query":${JSON.stringify(LIST)},"variables":{"filter":${'{"AND":['.repeat(5_000)}{}${']}'.repeat(5_000)}}}`
const forged = (parts: readonly unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')

/** Invalid requests that a client can send by mistake or on purpose. Each gets one GraphQL error. */
export function badRequests({ accountId, otherCursor, nameCursor }: Records): BadRequest[] {
  const request = (name: string, query: string, variables: unknown = {}, code = 'BAD_USER_INPUT'): BadRequest => ({
    name,
    body: JSON.stringify({ query, variables }),
    code,
  })
  const create = (name: string, input: unknown) => request(name, CREATE, { input })
  const list = (name: string, variables: unknown, code?: string) => request(name, LIST, variables, code)
  const raw = (name: string, body: string, code = 'BAD_USER_INPUT'): BadRequest => ({ name, body, code })
  const [mark] = JSON.parse(Buffer.from(nameCursor, 'base64url').toString('utf8'))
  const byName = [{ name: 'ASC' }]
  return [
    create('a number for a text', { name: 5 }),
    create('a text for a number', { name: 'x', employeeCount: 'many' }),
    create('a fraction for a whole number', { name: 'x', employeeCount: 1.5 }),
    create('a number beyond 32 bits', { name: 'x', employeeCount: 2_147_483_648 }),
    create('a list for a text', { name: ['x'] }),
    create('an unknown input field', { name: 'x', isAdmin: true }),
    create('a field that the server sets', { name: 'x', createdAt: '2024-01-01T00:00:00Z' }),
    create('null for a required field', { name: null }),
    create('no required field', {}),
    create('no input at all', undefined),
    create('an unknown enum value', { name: 'x', type: 'FRIEND' }),
    create('a wrong decimal', { name: 'x', annualRevenue: { amount: '1,000.50', currency: 'USD' } }),
    create('a decimal with too many digits', {
      name: 'x',
      annualRevenue: { amount: '1.0000000000001', currency: 'USD' },
    }),
    create('a float for money', { name: 'x', annualRevenue: { amount: 0.1, currency: 'USD' } }),
    create('an unknown currency', { name: 'x', annualRevenue: { amount: '1', currency: 'usd' } }),
    create('an amount without currency', { name: 'x', annualRevenue: { amount: '1' } }),
    request('a day that does not exist', CONTACT, { input: { lastName: 'x', birthday: '2024-02-30' } }),
    request('a day in another notation', CONTACT, { input: { lastName: 'x', birthday: '01.02.2024' } }),
    request('a day of the year 0', CONTACT, { input: { lastName: 'x', birthday: '0000-01-01' } }),
    request('an instant that does not exist', LOG, { input: { note: { occurredAt: '2024-02-30T10:00:00Z' } } }),
    request('an instant of the year 0', LOG, { input: { note: { occurredAt: '0000-01-01T00:00:00Z' } } }),
    request('an instant without a zone', LOG, { input: { note: { occurredAt: '2024-02-01T10:00:00' } } }),
    request('two keys of a oneOf input', LOG, {
      input: { note: { occurredAt: '2024-01-01T00:00:00Z' }, call: { occurredAt: '2024-01-01T00:00:00Z' } },
    }),
    request('no key of a oneOf input', LOG, { input: {} }),
    request('a oneOf key that is null', LOG, { input: { note: null } }),
    list('first: -1', { first: -1 }),
    list('first: 1e9', { first: 1_000_000_000 }),
    list('last: 201', { last: 201 }),
    list('first and last', { first: 1, last: 1 }),
    list('text that is not a cursor', { after: 'garbage' }),
    list('an empty cursor', { after: '' }),
    list('a cursor of another list', { after: otherCursor }),
    list('a cursor of another order', { after: nameCursor, orderBy: [{ createdAt: 'ASC' }] }),
    list('a cursor with a forged id', { after: forged([mark, 'x', 'not a uuid']), orderBy: byName }),
    list('a cursor with an object inside', { before: forged([mark, {}, 'x']), orderBy: byName }),
    list('a cursor with a zero byte', { after: forged([mark, '\u0000', accountId]), orderBy: byName }),
    list('the same field twice in orderBy', { orderBy: [{ name: 'ASC' }, { name: 'DESC' }] }),
    list('two fields in one orderBy element', { orderBy: [{ name: 'ASC', createdAt: 'ASC' }] }),
    list('an order by an unknown field', { orderBy: [{ password: 'ASC' }] }),
    list('a filter by an unknown field', { filter: { password: { equals: 'x' } } }),
    list('an unknown operator', { filter: { name: { regex: '.*' } } }),
    list('a filter with a zero byte', { filter: { name: { equals: 'a\u0000' } } }),
    list('a pattern with a zero byte', { filter: { name: { contains: '\u0000' } } }),
    list('13 levels of filter', { filter: deep(13) }),
    raw('5,000 levels of filter in the variables', tooDeep, 'QUERY_TOO_COMPLEX'),
    list('10,000 values of an in list', {
      filter: { name: { in: Array.from({ length: 10_000 }, (_, index) => `n${index}`) } },
    }),
    list('a search of 10,000 characters', { search: 'x'.repeat(10_000) }),
    list('a search of 100 words', { search: 'a '.repeat(100) }),
    request(
      '5,000 levels of filter in the document',
      `{ accounts(filter: ${'{ AND: [ '.repeat(5_000)}{}${' ] }'.repeat(5_000)}) { totalCount } }`,
      {},
      'QUERY_TOO_COMPLEX',
    ),
    request(
      '5,000 levels of selection',
      `${'{ account(id: "x") { parent '.repeat(2_500)}{ id }${' } }'.repeat(2_500)}`,
      {},
      'QUERY_TOO_COMPLEX',
    ),
    request(
      'lists within lists of eight million records',
      '{ accounts(first: 200) { nodes { contacts(first: 200) { nodes { accounts(first: 200) { nodes { id } } } } } } }',
      {},
      'QUERY_TOO_COMPLEX',
    ),
    request('a document of 30,000 tokens', `{ ${'a '.repeat(30_000)} }`, {}, 'QUERY_TOO_COMPLEX'),
    request('a document of 300,000 characters', `{ __typename ${' '.repeat(300_000)} }`, {}, 'QUERY_TOO_COMPLEX'),
    request('text that is not a cursor of the log', 'query { changes(after: "nonsense") { nodes { cursor } } }'),
    request(
      'a cursor of the log with a number that is too large',
      'query ($after: String) { changes(after: $after) { nodes { cursor } } }',
      { after: forged(['log', '9999999999999999999', '1']) },
    ),
    request('an unknown field', '{ accounts { nodes { passwordHash } } }'),
    request('a field without selection', '{ accounts }'),
    request('no query field', '{ }'),
    request('a document that does not parse', '{ accounts(first: { totalCount }'),
    request('a fragment that includes itself', '{ ...a } fragment a on Query { ...a }'),
    request('an unknown directive', '{ accounts @now { totalCount } }'),
    request('a variable of the wrong type', 'query ($id: Int!) { account(id: $id) { id } }', { id: 1 }),
    {
      ...request('an unknown operation name', 'query A { __typename }'),
      body: JSON.stringify({ query: 'query A { __typename }', operationName: 'B' }),
    },
    {
      ...request('an Idempotency-Key with a space', CREATE, { input: { name: 'x' } }),
      headers: { 'idempotency-key': 'a b' },
    },
    raw('a body that is not JSON', '{"query": '),
    raw('an empty body', ''),
    raw('a list of requests', JSON.stringify([{ query: '{ __typename }' }])),
    raw('variables that are a list', JSON.stringify({ query: '{ __typename }', variables: [1] })),
    raw('no query', JSON.stringify({ variables: {} })),
    { ...request('no token', '{ __typename }', {}, 'UNAUTHENTICATED'), headers: { authorization: '' } },
    {
      ...request('text that is not a token', '{ __typename }', {}, 'UNAUTHENTICATED'),
      headers: { authorization: 'Bearer nonsense' },
    },
    { ...request('a Basic scheme', '{ __typename }', {}, 'UNAUTHENTICATED'), headers: { authorization: 'Basic dTpw' } },
  ]
}
