import { STARTING_LOSS_REASONS, STARTING_PIPELINE, STARTING_STAGES } from '../modules/opportunities/index.ts'
import { encodeId } from '../platform/declare/record-id.ts'
import type { Values } from '../platform/declare/rules/values.ts'
import { uuidFor } from '../platform/reads/root.ts'
import { actNamed } from '../platform/registry/acts.ts'
import { objectNamed } from '../platform/registry/registry.ts'
import type { UnitOfWork } from '../platform/request/context.ts'
import { actOnRecord } from '../platform/writes/act-on-record.ts'
import { writeBusinessCalendars } from './business-calendar.ts'
import { writeExchangeRates } from './exchange-rates.ts'
import { writeLeads } from './leads.ts'
import { type SoldProducts, writeProducts } from './products.ts'
import { writeProposalTemplate } from './proposal-template.ts'
import { writeQuotas } from './quotas.ts'
import { writeQuotes } from './quotes.ts'
import { createAll, createMissing } from './records.ts'
import type { DemoAccount, DemoContact, DemoInteraction, DemoSlice, DemoSubject } from './slice.ts'
import { RELATIONSHIP_TYPES, TEAMS } from './words.ts'

/** Writes one slice in a unit of work. The caller ends the unit of work, which appends the log and commits. */
export async function writeSlice(work: UnitOfWork, slice: DemoSlice, users: readonly string[]): Promise<void> {
  const { prefix } = objectNamed(work.context.runtime.registry, 'User')
  const userIds = users.map((uuid) => encodeId(prefix, uuid))
  const teamIds = await createMissing(work, 'Team', teamInputs(userIds))
  const accountIds = await writeAccounts(work, slice.accounts, userIds, teamIds)
  const products = await writeProducts(work, accountIds)
  await writeProposalTemplate(work)
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
  const opportunityIds = await writeOpportunities(work, slice, { userIds, accountIds, contactIds, products })
  await writeLeads(work, slice.leads, userIds)
  await writeExchangeRates(work)
  await writeBusinessCalendars(work)
  await writeQuotas(work, userIds)
  await writeQuotes(work, { opportunities: slice.opportunities, opportunityIds, contactIds, userIds })
}

/** What was written before the opportunities. */
interface Written {
  readonly userIds: readonly string[]
  readonly accountIds: readonly string[]
  readonly contactIds: readonly string[]
  readonly products: SoldProducts
}

/** Creates the opportunities in the stages of the pipeline that each workspace has from the beginning. */
async function writeOpportunities(
  work: UnitOfWork,
  { opportunities }: DemoSlice,
  { userIds, accountIds, contactIds, products }: Written,
): Promise<string[]> {
  const [pipelineId] = await createMissing(work, 'Pipeline', [{ name: STARTING_PIPELINE }])
  const stageInputs = STARTING_STAGES.map(([name, kind, probability]) => ({ name, pipelineId, kind, probability }))
  const stageIds = await createMissing(work, 'Stage', stageInputs)
  const reasonIds = await createMissing(
    work,
    'LossReason',
    STARTING_LOSS_REASONS.map((name) => ({ name })),
  )
  const idOfStage = (stage: string) => stageIds[STARTING_STAGES.findIndex(([name]) => name === stage)]
  const inputs = opportunities.map(({ input, account, owner, stage, past, lossReason, lines, contacts }) => ({
    ...input,
    // With their prices: otherwise a statement for each account would look them up.
    lines: lines.map(({ sku, ...line }) => ({ ...line, ...products.get(sku) })),
    accountId: accountIds[account],
    ownerId: userIds[owner],
    stageId: idOfStage(stage),
    stageHistory: past.map(({ stage: entered, enteredAt }) => ({ stageId: idOfStage(entered), enteredAt })),
    lossReasonId: reasonIds[STARTING_LOSS_REASONS.indexOf(lossReason ?? '')] ?? null,
    contacts: contacts.map(({ contact, role }) => ({ contactId: contactIds[contact], role })),
  }))
  return createAll(work, 'Opportunity', inputs)
}

/**
 * Returns the inputs of the teams. The users are distributed among the teams in turn; the first member of each team
 * leads it.
 */
function teamInputs(userIds: readonly string[]): ({ readonly name: string } & Values)[] {
  return TEAMS.map((team, teamIndex) => {
    const members = userIds.filter((_, userIndex) => userIndex % TEAMS.length === teamIndex)
    return { ...team, members: members.map((userId, index) => ({ userId, isLead: index === 0 })) }
  })
}

/**
 * Creates the accounts level by level, so that each parent exists before its children. Returns the record ids, in the
 * order of `accounts`.
 */
async function writeAccounts(
  work: UnitOfWork,
  accounts: readonly DemoAccount[],
  userIds: readonly string[],
  teamIds: readonly string[],
): Promise<string[]> {
  // A sparse array: an account that is not created yet has no id at its index. `Object.keys` counts only the ids that
  // are set.
  const ids: string[] = []
  const isReady = ({ parent }: DemoAccount, index: number) =>
    ids[index] === undefined && (parent === null || ids[parent] !== undefined)
  while (Object.keys(ids).length < accounts.length) {
    const ready = accounts.flatMap((account, index) => (isReady(account, index) ? [{ account, index }] : []))
    const inputs = ready.map(({ account: { input, parent, owner, team } }) => ({
      ...input,
      parentId: parent === null ? null : ids[parent],
      ownerId: userIds[owner],
      teamId: team === null ? null : teamIds[team],
    }))
    const createdIds = await createAll(work, 'Account', inputs)
    for (const [position, { index }] of ready.entries()) ids[index] = createdIds[position] ?? ''
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
      participants: participants.map((participant) =>
        'contact' in participant
          ? { contactId: contactIds[participant.contact], role: participant.role }
          : { userId: userIds[participant.user], role: participant.role },
      ),
      ...(regarding === null ? {} : { regardingIds: [accountIds[regarding]] }),
    },
  }
}

/** Completes tasks by the business act `completeTask`, as users do. */
async function completeTasks(work: UnitOfWork, { tasks }: DemoSlice, ids: readonly string[]): Promise<void> {
  const { registry } = work.context.runtime
  const task = objectNamed(registry, 'Task')
  const act = actNamed(registry, 'completeTask')
  for (const [index, { isCompleted }] of tasks.entries()) {
    if (act && isCompleted) await actOnRecord(work, task, uuidFor(task, ids[index]), { version: 1 }, act)
  }
}
