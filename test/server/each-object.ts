import { textAt } from '../../src/testing/answers.ts'
import type { TestActor, TestClient } from '../../src/testing/client.ts'
import type { TestApp } from '../support/app.ts'
import { addAccount, addContact, addInteraction, addRecord, addRelationshipType, addTask } from '../support/records.ts'
import { addAdministration } from './administration-records.ts'
import { type OwnId, requiredValues } from './id-places.ts'
import { addSelling } from './selling-records.ts'

/** Creates one record of each object and returns their ids by the prefix of the id. The app must trust https://id.example. */
export async function addEach(app: TestApp, client: TestClient<TestActor>): Promise<Record<string, string>> {
  const account = await addAccount(client, { name: 'Company', domains: [{ domain: 'company.example' }] })
  const contact = await addContact(client, { lastName: 'Person', accounts: [{ accountId: account.id }] })
  const type = await addRelationshipType(client, 'knows', 'known by')
  const relate =
    'mutation ($input: CreateRelationshipInput!) { createRelationship(input: $input) { relationship { id } } }'
  const relationship = await client.must(relate, { input: { typeId: type.id, fromId: contact.id, toId: account.id } })
  const viewer = await client.must('{ viewer { actor { id } workspace { id } roles { id } } }')
  const history = await client.must(
    'query ($id: ID!) { account(id: $id) { history { nodes { id } } relationships { nodes { id } } } }',
    { id: account.id },
  )
  // Somebody else: nobody delegates approvals to themself.
  const colleague = await addRecord(client, 'User', { email: 'colleague@company.example', displayName: 'Colleague' })
  const delegation = { toId: colleague.id, startsOn: '2026-01-01', endsOn: '2026-01-31' }
  const calendar = {
    name: 'Office',
    timeZone: 'Europe/Berlin',
    hours: [{ weekday: 'MONDAY', from: '09:00', to: '17:00' }],
  }
  const ids = [
    account.id,
    contact.id,
    type.id,
    textAt(relationship, 'createRelationship.relationship.id'),
    (await addInteraction(client, 'call', { participants: [{ contactId: contact.id }] })).id,
    (await addTask(client, { title: 'Task', regardingId: account.id })).id,
    textAt(viewer, 'viewer.actor.id'),
    textAt(viewer, 'viewer.workspace.id'),
    textAt(viewer, 'viewer.roles.0.id'),
    textAt(history, 'account.history.nodes.0.id'),
    textAt(history, 'account.relationships.nodes.0.id'),
    (await addRecord(client, 'ApprovalDelegation', delegation)).id,
    (await addRecord(client, 'BusinessCalendar', calendar)).id,
    ...(await addSelling(client, account, contact)),
    ...(await addAdministration(app, client, account.id)),
  ]
  const known = Object.fromEntries(ids.map((id) => [prefixOf(id), id]))
  return { ...known, ...(await addRest(app, client, known)) }
}

/** Creates a record of each object that has a create mutation and no record yet. */
async function addRest(
  app: TestApp,
  client: TestClient,
  known: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const mutations = app.schema.getMutationType()?.getFields() ?? {}
  const made: Record<string, string> = {}
  for (const { name, singular, prefix } of app.runtime.registry.objects.values()) {
    const input = mutations[`create${name}`]?.args.find((arg) => arg.name === 'input')
    if (!input || known[prefix]) continue
    const document = `mutation ($input: ${input.type}) { create${name}(input: $input) { ${singular} { id } userErrors { message } } }`
    const created = await client.must(document, {
      // A record may refer to one that was created before it.
      input: requiredValues(input.type, `create${name}`, ownIdFor(app, { ...known, ...made })),
    })
    made[prefix] = textAt(created, `create${name}.${singular}.id`)
  }
  return made
}

export function prefixOf(id: string): string {
  return id.slice(0, id.lastIndexOf('_'))
}

/** Returns the prefix of the ids of the object that a mutation is named after: `reltype` of `updateRelationshipType`. */
function prefixOfMutation(app: TestApp, mutation: string): string | undefined {
  const objects = [...app.runtime.registry.objects.values()].filter(({ name }) => mutation.includes(name))
  return objects.sort((one, other) => other.name.length - one.name.length)[0]?.prefix
}

/** Returns how an id of the caller's workspace is chosen for a field of an input: from `own`, the ids by prefix. */
export function ownIdFor(app: TestApp, own: Readonly<Record<string, string>>): OwnId {
  const byField: Readonly<Record<string, string | undefined>> = {
    typeId: own['reltype'],
    fromId: own['contact'],
    toId: own['account'],
    recordId: own['account'],
    // A run of a job is not a record.
    runId: '1',
  }
  const prefixes = new Map([...app.runtime.registry.objects.values()].map(({ singular, prefix }) => [singular, prefix]))
  return (mutation, inputField) => {
    const prefix = prefixes.get(inputField.replace(/Id$/, '')) ?? prefixOfMutation(app, mutation)
    const id = byField[inputField] ?? own[prefix ?? '']
    if (!id) throw new Error(`The test knows no id for ${inputField} of ${mutation}.`)
    return id
  }
}
