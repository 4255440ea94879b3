import { defineAct } from 'rapport/plugin'
import { createPluginTestApp, listAt, type PluginTestApp, type PluginTestClient, textAt } from 'rapport/plugin/testing'
import { expect } from 'vitest'
import legal from '../plugin.ts'

/** An act that opens a matter without a look: what the gate has to stop, whoever writes it. */
const sneakOpen = defineAct({
  name: 'sneakMatterOpen',
  description: 'Opens a matter past the conflict check.',
  object: 'Matter',
  apply: () => ({ patch: { status: 'OPEN' } }),
})

export function openApp(): Promise<PluginTestApp> {
  return createPluginTestApp({
    plugins: [
      {
        plugin: { ...legal, acts: [...legal.acts, sneakOpen] },
        directory: `${import.meta.dirname}/..`,
      },
    ],
    now: new Date('2026-06-15T12:00:00.000Z'),
  })
}

export interface Party {
  readonly role: string
  readonly name?: string
  readonly contactId?: string
  readonly accountId?: string
}

/** Sends a mutation with one input. Answers its payload without a look at its user errors. */
export async function send(
  client: PluginTestClient,
  mutation: string,
  input: object,
  selection: string,
): Promise<unknown> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const errors = 'userErrors { __typename code path message ... on ConflictOfInterestError { conflictIds } }'
  const data = await client.must(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} ${errors} } }`,
    { input },
  )
  return Reflect.get(Object(data), mutation)
}

/** Makes a record. Answers its id. */
export async function make(client: PluginTestClient, object: string, input: object): Promise<string> {
  const field = object.charAt(0).toLowerCase() + object.slice(1)
  const answer = await send(client, `create${object}`, input, `${field} { id }`)
  expect(listAt(answer, 'userErrors')).toEqual([])
  return textAt(answer, `${field}.id`)
}

let count = 0

/** Makes a matter with these parties. Answers its id. */
export function makeMatter(client: PluginTestClient, parties: readonly Party[], more: object = {}): Promise<string> {
  return make(client, 'Matter', { number: `M-${++count}`, name: `Matter ${count}`, parties, ...more })
}

const CHECK = `query ($names: [String!], $contactIds: [ID!], $accountIds: [ID!], $matterId: ID) {
  conflictCheck(names: $names, contactIds: $contactIds, accountIds: $accountIds, matterId: $matterId) {
    isComplete
    hits { conflictId reason score isConflict searched record { __typename ... on Node { id } } matter { id } }
  }
}`

export interface Hit {
  readonly conflictId: string | null
  readonly reason: string
  readonly score: number
  readonly isConflict: boolean
  readonly searched: string | null
  readonly record: { readonly __typename: string; readonly id: string } | null
  readonly matter: { readonly id: string } | null
}

/** What a conflict check finds. */
export async function check(client: PluginTestClient, search: object): Promise<readonly Hit[]> {
  const data: unknown = await client.must(CHECK, search)
  // As the query above selects it.
  return listAt(data, 'conflictCheck.hits') as readonly Hit[]
}

/** Ids of the records that a search for one name finds. */
export async function found(client: PluginTestClient, name: string): Promise<readonly (string | undefined)[]> {
  return (await check(client, { names: [name] })).map(({ record }) => record?.id)
}

/** Sends openMatter. */
export function open(
  client: PluginTestClient,
  id: string,
  version: number,
  waivers?: readonly object[],
): Promise<unknown> {
  const hit = 'hits { conflictId isConflict waiver record { __typename } }'
  const input = waivers ? { id, version, waivers, note: 'Talked over.' } : { id, version }
  return send(client, 'openMatter', input, `matter { status openedOn version } report { id } ${hit}`)
}
