import { decodeId, encodeId } from '../../../../src/platform/declare/record-id.ts'
import type { ObjectType } from '../../../../src/platform/registry/object-type.ts'
import { at, listAt, textAt } from '../../../../src/testing/answers.ts'
import type { Caller } from '../data/callers.ts'
import type { StoredRows } from './stored-rows.ts'

/** A record as the API returned it. */
export interface ApiRecord {
  /** uuid */
  readonly id: string
  /** The selected fields, by alias. */
  readonly answer: unknown
}

/** `nodes` of the lists in an answer. */
type Found = (data: unknown) => readonly unknown[]

/**
 * Returns all records of an object that the API shows the caller, with the selected fields; null when the API refuses
 * the request, because the caller may not read one of the fields, or no record.
 * @param selection Fields of the record, with aliases.
 */
export async function listRecords(
  caller: Caller,
  object: ObjectType,
  stored: StoredRows,
  selection: string,
): Promise<ApiRecord[] | null> {
  const fields = `id ${selection}`
  if (object.name === 'Actor') return listActors(caller, fields)
  if (object.name === 'RelationshipSide') return listSides(caller, fields)
  if (object.plural !== null) return listPages(caller, object.plural, fields)
  const ids = (stored.get(object.model.name) ?? []).map(({ id }) => encodeId(object.prefix, String(id)))
  return ask(
    caller,
    `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${object.name} { ${fields} } } }`,
    { ids },
    (data) => listAt(data, 'nodes').filter((node) => at(node, 'id') !== undefined),
  )
}

/** Actors have no list: they are read as those who created records. Each actor has created a type of relationships. */
function listActors(caller: Caller, fields: string): Promise<ApiRecord[] | null> {
  return ask(caller, `{ relationshipTypes(first: 200) { nodes { createdBy { ${fields} } } } }`, {}, (data) =>
    listAt(data, 'relationshipTypes.nodes').flatMap((type) => at(type, 'createdBy') ?? []),
  )
}

/** The sides of relationships have no list: they are read with the records whose sides they are. */
async function listSides(caller: Caller, fields: string): Promise<ApiRecord[] | null> {
  const sidesOf = (list: string) =>
    ask(caller, `{ ${list}(first: 200) { nodes { relationships(first: 200) { nodes { ${fields} } } } } }`, {}, (data) =>
      listAt(data, `${list}.nodes`).flatMap((record) => listAt(record, 'relationships.nodes')),
    )
  const found = [await sidesOf('accounts'), await sidesOf('contacts')]
  return found.every((sides) => sides === null) ? null : found.flatMap((sides) => sides ?? [])
}

async function listPages(caller: Caller, list: string, fields: string): Promise<ApiRecord[] | null> {
  const records: ApiRecord[] = []
  let after: unknown = null
  for (;;) {
    let next: unknown = null
    const page = await ask(
      caller,
      `query ($after: String) { ${list}(first: 60, after: $after) { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`,
      { after },
      (data) => {
        if (at(data, `${list}.pageInfo.hasNextPage`) === true) next = textAt(data, `${list}.pageInfo.endCursor`)
        return listAt(data, `${list}.nodes`)
      },
    )
    if (page === null) return null
    records.push(...page)
    if (next === null) return records
    after = next
  }
}

async function ask(
  { client }: Caller,
  document: string,
  variables: Readonly<Record<string, unknown>>,
  found: Found,
): Promise<ApiRecord[] | null> {
  const { data, errors } = await client.query(document, variables)
  const refused = errors.find((error) => error.extensions?.['code'] !== 'FORBIDDEN')
  if (refused) throw new Error(`${refused.message} ${JSON.stringify(refused)}: ${document}`)
  if (errors.length > 0) return null
  const records = new Map(found(data).map((answer) => [uuidOf(textAt(answer, 'id')), answer]))
  return [...records].map(([id, answer]) => ({ id, answer }))
}

/** Returns the uuid in a record id. */
export function uuidOf(id: string): string {
  const decoded = decodeId(id)
  if (!decoded) throw new Error(`${id} is not a record id.`)
  return decoded.uuid
}
