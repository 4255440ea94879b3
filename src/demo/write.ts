import { encodeId } from '../platform/declare/record-id.ts'
import type { Values } from '../platform/declare/rules/values.ts'
import { uuidFor } from '../platform/reads/root.ts'
import { actNamed } from '../platform/registry/acts.ts'
import { objectNamed } from '../platform/registry/registry.ts'
import type { UnitOfWork } from '../platform/request/context.ts'
import { actOnRecord } from '../platform/writes/act-on-record.ts'
import { createAll, createMissing } from './records.ts'
import type { DemoAccount, DemoContact, DemoInteraction, DemoSlice, DemoSubject } from './slice.ts'
import { RELATIONSHIP_TYPES, TEAMS } from './words.ts'

/** Writes one slice in the transaction of the work; the caller appends the log. */
export async function writeSlice(work: UnitOfWork, slice: DemoSlice, users: readonly string[]): Promise<void> {
  const { prefix } = objectNamed(work.context.runtime.registry, 'User')
  const userIds = users.map((uuid) => encodeId(prefix, uuid))
  const teamIds = await createMissing(work, 'Team', teams(userIds))
  const accountIds = await writeAccounts(work, slice.accounts, userIds, teamIds)
  const contacts = slice.contacts.map((contact) => contactInput(contact, userIds, accountIds))
  const contactIds = await createAll(work, 'Contact', contacts)
  const interactions = slice.interactions.map((interaction) =>
    interactionInput(interaction, userIds, contactIds, accountIds),
  )
  await createAll(work, 'Interaction', interactions)
  const idOf = (subject: DemoSubject) =>
    'contact' in subject ? contactIds[subject.contact] : accountIds[subject.account]
  const tasks = slice.tasks.map(({ input, assignee, regarding }) => ({
    ...input,
    assigneeId: userIds[assignee],
    regardingId: idOf(regarding),
  }))
  await completeTasks(work, slice, await createAll(work, 'Task', tasks))
  const types = RELATIONSHIP_TYPES.map(({ name, inverseName }) => ({ name, inverseName }))
  const typeIds = await createMissing(work, 'RelationshipType', types)
  const relationships = slice.relationships.map(({ input, type, from, to }) => ({
    ...input,
    typeId: typeIds[type],
    fromId: idOf(from),
    toId: idOf(to),
  }))
  await createAll(work, 'Relationship', relationships)
}

/** The teams, the users dealt out among them; the first of each leads it. */
function teams(userIds: readonly string[]): ({ readonly name: string } & Values)[] {
  return TEAMS.map((team, place) => {
    const members = userIds.filter((_, index) => index % TEAMS.length === place)
    return { ...team, members: members.map((userId, index) => ({ userId, isLead: index === 0 })) }
  })
}

/** Accounts level by level, so that each parent is there before what lies below it. */
async function writeAccounts(
  work: UnitOfWork,
  accounts: readonly DemoAccount[],
  userIds: readonly string[],
  teamIds: readonly string[],
): Promise<string[]> {
  const ids: string[] = []
  const isReady = ({ parent }: DemoAccount, place: number) =>
    ids[place] === undefined && (parent === null || ids[parent] !== undefined)
  while (Object.keys(ids).length < accounts.length) {
    const ready = accounts.flatMap((account, place) => (isReady(account, place) ? [{ account, place }] : []))
    const inputs = ready.map(({ account: { input, parent, owner, team } }) => ({
      ...input,
      parentId: parent === null ? null : ids[parent],
      ownerId: userIds[owner],
      teamId: team === null ? null : teamIds[team],
    }))
    const made = await createAll(work, 'Account', inputs)
    for (const [index, { place }] of ready.entries()) ids[place] = made[index] ?? ''
  }
  return ids
}

function contactInput(
  { input, owner, roles }: DemoContact,
  userIds: readonly string[],
  accountIds: readonly string[],
): Values {
  return {
    ...input,
    ownerId: userIds[owner],
    accounts: roles.map((role) => ({ ...role.input, accountId: accountIds[role.account] })),
  }
}

function interactionInput(
  { kind, input, participants, regarding }: DemoInteraction,
  userIds: readonly string[],
  contactIds: readonly string[],
  accountIds: readonly string[],
): Values {
  return {
    [kind]: {
      ...input,
      participants: participants.map((each) =>
        'contact' in each
          ? { contactId: contactIds[each.contact], role: each.role }
          : { userId: userIds[each.user], role: each.role },
      ),
      ...(regarding === null ? {} : { regardingIds: [accountIds[regarding]] }),
    },
  }
}

/** A task is completed by its act, as people do it. */
async function completeTasks(work: UnitOfWork, { tasks }: DemoSlice, ids: readonly string[]): Promise<void> {
  const { registry } = work.context.runtime
  const task = objectNamed(registry, 'Task')
  const owned = actNamed(registry, 'completeTask')
  for (const [place, { isCompleted }] of tasks.entries()) {
    if (owned && isCompleted) await actOnRecord(work, task, uuidFor(task, ids[place]), 1, owned)
  }
}
