import { defineAct } from 'rapport/plugin'
import { createPluginTestApp, listAt, type PluginTestApp, type PluginTestClient, textAt } from 'rapport/plugin/testing'
import { expect } from 'vitest'
import legal from '../plugin.ts'

/** A business act that opens a matter without a conflict check. The rule `legal.noOtherWay` has to refuse it. */
const bypassConflictCheck = defineAct({
  name: 'bypassConflictCheck',
  description: 'Opens a matter without a conflict check.',
  object: 'Matter',
  apply: () => ({ patch: { status: 'OPEN' } }),
})

export function openApp(): Promise<PluginTestApp> {
  return createPluginTestApp({
    plugins: [
      {
        plugin: { ...legal, acts: [...legal.acts, bypassConflictCheck] },
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

/** Sends a mutation with one input. Returns its payload, without checking its user errors. */
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

/** Creates a record. Returns its id. */
export async function createRecord(client: PluginTestClient, object: string, input: object): Promise<string> {
  const field = object.charAt(0).toLowerCase() + object.slice(1)
  const payload = await send(client, `create${object}`, input, `${field} { id }`)
  expect(listAt(payload, 'userErrors')).toEqual([])
  return textAt(payload, `${field}.id`)
}

let matterCount = 0

/** Creates a matter with these parties. Returns its id. */
export function createMatter(
  client: PluginTestClient,
  parties: readonly Party[],
  otherFields: object = {},
): Promise<string> {
  return createRecord(client, 'Matter', {
    number: `M-${++matterCount}`,
    name: `Matter ${matterCount}`,
    parties,
    ...otherFields,
  })
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

/** Returns the hits of a conflict check. */
export async function check(client: PluginTestClient, search: object): Promise<readonly Hit[]> {
  const data: unknown = await client.must(CHECK, search)
  // The query selects exactly the properties of a hit.
  return listAt(data, 'conflictCheck.hits') as readonly Hit[]
}

/** Returns the ids of the records that a check of one name finds. */
export async function foundIds(client: PluginTestClient, name: string): Promise<readonly (string | undefined)[]> {
  return (await check(client, { names: [name] })).map(({ record }) => record?.id)
}

/** Sends openMatter. Returns the payload. */
export function openMatter(
  client: PluginTestClient,
  id: string,
  version: number,
  waivers?: readonly object[],
): Promise<unknown> {
  const hitFields = 'hits { conflictId isConflict waiver record { __typename } }'
  const input = waivers ? { id, version, waivers, note: 'Talked over.' } : { id, version }
  return send(client, 'openMatter', input, `matter { status openedOn version } report { id } ${hitFields}`)
}
