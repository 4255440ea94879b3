import { at, textAt } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'

/** A record that a test created. */
export interface Made {
  readonly id: string
  readonly version: number
}

type Input = Readonly<Record<string, unknown>>

/** Creates a record by its create mutation. Throws when that is refused, so that a failed preparation is noticed. */
async function add(client: TestClient, field: string, inputType: string, record: string, input: Input): Promise<Made> {
  const data = await client.must(
    `mutation ($input: ${inputType}!) { ${field}(input: $input) { ${record} { id version } userErrors { code message path } } }`,
    { input },
  )
  const made = at(data, `${field}.${record}`)
  if (!made) throw new Error(`${field} was refused: ${JSON.stringify(data)}`)
  return { id: textAt(made, 'id'), version: Number(at(made, 'version')) }
}

/** Creates a record of any object: `addRecord(client, 'Account', { name: 'Acme' })`. */
export function addRecord(client: TestClient, object: string, input: Input): Promise<Made> {
  const record = object.charAt(0).toLowerCase() + object.slice(1)
  return add(client, `create${object}`, `Create${object}Input`, record, input)
}

export function addAccount(client: TestClient, input: Input): Promise<Made> {
  return addRecord(client, 'Account', input)
}

export function addContact(client: TestClient, input: Input): Promise<Made> {
  return addRecord(client, 'Contact', input)
}

export function addTask(client: TestClient, input: Input): Promise<Made> {
  return addRecord(client, 'Task', input)
}

export function addTeam(client: TestClient, input: Input): Promise<Made> {
  return addRecord(client, 'Team', input)
}

export function addRelationshipType(client: TestClient, name: string, inverseName: string): Promise<Made> {
  return addRecord(client, 'RelationshipType', { name, inverseName })
}

/** Logs an interaction of a given kind, such as `call`. */
export function addInteraction(client: TestClient, kind: string, input: Input): Promise<Made> {
  return add(client, 'logInteraction', 'LogInteractionInput', 'interaction', {
    [kind]: { occurredAt: '2024-05-01T12:00:00Z', ...input },
  })
}

/** Soft-deletes or restores a record and returns its new version: `setDeleted(client, 'delete', 'Account', made)`. */
export async function setDeleted(
  client: TestClient,
  verb: 'delete' | 'restore',
  object: string,
  { id, version }: Made,
): Promise<Made> {
  const record = object.charAt(0).toLowerCase() + object.slice(1)
  const document = `mutation ($input: ${verb === 'delete' ? 'Delete' : 'Restore'}${object}Input!) { ${verb}${object}(input: $input) { ${record} { id version } userErrors { code message } } }`
  const data = await client.must(document, { input: { id, version } })
  const made = at(data, `${verb}${object}.${record}`)
  if (!made) throw new Error(`${verb}${object} was refused: ${JSON.stringify(data)}`)
  return { id: textAt(made, 'id'), version: Number(at(made, 'version')) }
}
