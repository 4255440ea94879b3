/** A plugin that declares what GraphQL does not allow, or what can't be put into a schema. */
export interface BrokenSchema {
  readonly what: string
  /** Folder and id of the plugin. */
  readonly id: string
  /** Properties of the plugin. */
  readonly parts: string
  /** What the refusal says of the place and the remedy. */
  readonly reason: RegExp
}

const FIRST = `import { computed, condition, group, rows, source, sql } from 'rapport/plugin'
const number = computed({ description: 'A number.', type: 'Int', value: () => sql\`1\` })
const yes = condition({ description: 'Yes.', type: 'Boolean', where: () => sql\`true\` })
const int = { type: 'Int', description: 'A number.' }
const operation = (input: unknown, payload: unknown = {}) => ({ name: 'breakIt', description: 'Breaks it.', permission: null, input, payload, run: async () => ({ values: {}, userErrors: [] }) })
const query = (answer: unknown, args: unknown = {}) => ({ name: 'broken', description: 'Asks.', permission: 'account:read', args, answer, run: async () => 1 })
const typed = (fields: unknown) => ({ name: 'Broken', description: 'Broken.', fields })
const shared = typed({ int })
const circle = { name: 'Circle', description: 'Round.', fields: {} }
Reflect.set(circle.fields, 'again', { type: circle, description: 'Again.', isRequired: true })
`

export const BROKEN_SCHEMAS: readonly BrokenSchema[] = [
  {
    what: 'an operation whose input has no fields',
    id: 'noinput',
    parts: 'operations: [operation({})]',
    reason: /noinput: the type BreakItInput has no fields, and GraphQL requires one at least\. Declare a field/,
  },
  {
    what: 'an input type without fields',
    id: 'noinputtype',
    parts: "operations: [operation({ a: { type: typed({}), description: 'A.' } })]",
    reason: /noinputtype: the type Broken has no fields/,
  },
  {
    what: 'a type of a payload without fields',
    id: 'nopayloadtype',
    parts: "operations: [operation({ int }, { a: { type: typed({}), description: 'A.', isNullable: true } })]",
    reason: /nopayloadtype: the type Broken has no fields/,
  },
  {
    what: 'a type of a query without fields',
    id: 'noanswer',
    parts: 'queries: [query({ type: typed({}) })]',
    reason: /noanswer: the type Broken has no fields/,
  },
  {
    what: 'a group without fields',
    id: 'nogroup',
    parts: "extend: { Account: { broken: group({ name: 'Broken', description: 'X.', fields: {} }) } }",
    reason: /nogroup: the type Broken has no fields/,
  },
  {
    what: 'rows without columns',
    id: 'norows',
    parts:
      "extend: { Account: { broken: rows({ description: 'X.', row: { name: 'Broken', description: 'X.', columns: {} }, query: () => sql`select 1` }) } }",
    reason: /norows: the type Broken has no fields/,
  },
  {
    what: 'a view without fields',
    id: 'noview',
    parts: "views: [{ field: 'broken', name: 'Broken', description: 'X.', fields: {} }]",
    reason: /noview: the type Broken has no fields/,
  },
  {
    what: 'a field whose name GraphQL reserves',
    id: 'underfield',
    parts: 'extend: { Account: { __broken: number } }',
    reason: /extend\.Account\.__broken: is not a name in GraphQL/,
  },
  {
    what: 'a field whose name has a hyphen',
    id: 'hyphen',
    parts: "extend: { Account: { 'broken-field': number } }",
    reason: /extend\.Account\["broken-field"\]: is not a name in GraphQL: it is made of letters, digits and _/,
  },
  {
    what: 'a field of a declared type whose name GraphQL reserves',
    id: 'underinner',
    parts: 'queries: [query({ type: typed({ __broken: int }) })]',
    reason: /queries\[0\]\.answer\.type\.fields\.__broken: is not a name in GraphQL/,
  },
  {
    what: 'a column of rows whose name GraphQL reserves',
    id: 'underrow',
    parts:
      "extend: { Account: { broken: rows({ description: 'X.', row: { name: 'Broken', description: 'X.', columns: { __broken: int } }, query: () => sql`select 1` }) } }",
    reason: /underrow: the name of Broken\.__broken begins with __, which GraphQL reserves\. Rename it/,
  },
  {
    what: 'a condition whose name GraphQL reserves',
    id: 'undercondition',
    parts: 'conditions: { Account: { __broken: yes } }',
    reason: /conditions\.Account\.__broken: is not a name in GraphQL/,
  },
  {
    what: 'an argument of a field whose name GraphQL reserves',
    id: 'underargument',
    parts:
      "extend: { Account: { broken: source({ description: 'X.', object: 'Interaction', orderedBy: 'occurredAt', args: { __broken: int }, source: (record) => sql`select ${record.column('id')} as id, 0 as position` }) } }",
    reason: /underargument: the name of Account\.broken\(__broken:\) begins with __/,
  },
  {
    what: 'a value of an enum that GraphQL reserves',
    id: 'undervalue',
    parts: "queries: [query({ type: { name: 'Broken', description: 'X.', values: { __BROKEN: 'X.' } } })]",
    reason: /undervalue: the name of Broken\.__BROKEN begins with __/,
  },
  {
    what: 'a value of an enum that GraphQL does not allow',
    id: 'truevalue',
    parts: "queries: [query({ type: { name: 'Broken', description: 'X.', values: { true: 'X.' } } })]",
    reason: /truevalue: "true" can't be a value of the enum Broken.* Rename it/,
  },
  {
    what: 'a kind that GraphQL reserves',
    id: 'underkind',
    parts: "variants: [{ of: 'Interaction', name: 'Broken', kind: '__BROKEN', description: 'X.' }]",
    reason: /variants\[0\]\.kind: is not a name in GraphQL/,
  },
  {
    what: 'a default value of a wrong type',
    id: 'wrongdefault',
    parts: "operations: [operation({ a: { ...int, defaultValue: 'many' } })]",
    reason: /wrongdefault: the default value of BreakItInput\.a is not a value of the type Int\. Correct it/,
  },
  {
    what: 'a default value that an enum does not have',
    id: 'wrongenum',
    parts: "operations: [operation({ a: { type: 'AccountType', description: 'A.', defaultValue: 'PENPAL' } })]",
    reason: /wrongenum: the default value of BreakItInput\.a is not a value of the type AccountType/,
  },
  {
    what: 'null as the default value of a required field',
    id: 'nulldefault',
    parts: 'operations: [operation({ a: { ...int, isRequired: true, defaultValue: null } })]',
    reason: /nulldefault: the default value of BreakItInput\.a is not a value of the type Int!/,
  },
  {
    what: 'an input type that requires itself',
    id: 'circular',
    parts: "operations: [operation({ a: { type: circle, description: 'A.' } })]",
    reason: /circular: .*"Circle" within itself.* leave out isRequired/,
  },
  {
    what: 'one type for an input and for a payload',
    id: 'bothways',
    parts:
      "operations: [operation({ a: { type: shared, description: 'A.' } }, { b: { type: shared, description: 'B.', isNullable: true } })]",
    reason: /bothways: the type Broken is used both in an input and in a payload.*declare two/,
  },
  {
    what: 'an object as the type of an argument',
    id: 'objectargument',
    parts: "queries: [query({ type: 'Int' }, { a: { type: 'Account', description: 'A.' } })]",
    reason: /objectargument: the argument a of broken has the type Account, which is not a type of inputs/,
  },
  {
    what: 'an error type with another type for a field of every error',
    id: 'wrongerror',
    parts: "errors: [{ name: 'BrokenError', description: 'X.', code: 'BROKEN', fields: { code: int } }]",
    reason: /errors\[0\]\.fields\.code: is a field that every error type has already: rename it/,
  },
  {
    what: 'a field of the payload that every payload has',
    id: 'usererrors',
    parts: 'operations: [operation({ int }, { userErrors: int })]',
    reason: /usererrors: BreakItPayload\.userErrors is a field that every payload has already\. Rename/,
  },
  {
    what: 'a description that is not a text',
    id: 'wordless',
    parts: "queries: [query({ type: { name: 'Broken', description: 5, fields: { int } } })]",
    reason: /queries\[0\]\.answer\.type\.description: is missing or not a text/,
  },
]

/** The file of a plugin with the given properties. */
export function brokenFiles({ id, parts }: Pick<BrokenSchema, 'id' | 'parts'>): Record<string, string> {
  return {
    [`plugins/${id}/plugin.ts`]: `import { definePlugin } from 'rapport/plugin'\n${FIRST}
export default definePlugin({ id: '${id}', description: 'Broken.', version: '1.0.0', api: '^1.0.0', ${parts} })\n`,
  }
}
