import type { Pool } from 'pg'
import { createRandom, type Random } from '../../../../src/demo/random.ts'
import type { Column, Model } from '../../../../src/platform/data/models/models.ts'
import { foreignKey } from '../../../../src/platform/registry/columns.ts'
import type { Registry } from '../../../../src/platform/registry/object-type.ts'
import { type Reference, referencesOf, variantKinds } from './references.ts'
import { type Row, SELLING } from './selling.ts'
import { columnValue, FUTURE, PAST } from './values.ts'

/** The workspace that gets the rows, and its people. */
export interface Filling {
  readonly ownerPool: Pool
  readonly registry: Registry
  readonly workspaceId: string
  /** uuids of users. */
  readonly users: readonly string[]
  /** uuids of users, API keys and plugins. */
  readonly actors: readonly string[]
  /** uuids of roles with which records are shared. */
  readonly roles: readonly string[]
}

/** Models whose rows the platform or the fixture writes: rows of them would change who the callers are. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...['Workspace', 'Actor', 'Role', 'ActorRole', 'ActorIdentity', 'Password', 'RefreshToken', 'Change', 'AuditEntry'],
  ...['AuditSeal', 'IdempotencyKey', 'TimelineEntry', 'PluginActivation', 'PluginHandler', 'PluginDeadLetter'],
  'OpportunityPeriod',
])

/** Columns of which exactly one has a value. */
const ONE_OF: Readonly<Record<string, readonly string[]>> = {
  SharingRule: ['roleId', 'teamId'],
  RecordGrant: ['roleId', 'teamId', 'userId'],
  MatterParty: ['contactId', 'accountId', 'name'],
  AlternateName: ['contactId', 'accountId'],
  Gift: ['contactId', 'accountId'],
  Quota: ['ownerId', 'teamId'],
}

/**
 * Relations of rows without a version that the API shows, besides those to the record that the rows belong to. A key of a
 * soft-deleted record would be null in the API, and is not in Prisma.
 */
const SHOWN_KEYS: ReadonlySet<string> = new Set([
  ...['OpportunityStageEntry.stage', 'StageMove.stage', 'OpportunityContact.contact', 'OpportunityMember.user'],
  ...['QuoteLine.product', 'QuoteVersion.contact', 'QuoteVersion.quote'],
  ...['OpportunityLine.product', 'OrderLine.product', 'LeadAssignmentMember.user', 'QuoteApprovalStep.approval'],
  ...['OpportunityCompetitor.account', 'ProductOption.product', 'ProductConstraint.other'],
])

/** Number of rows of a model, where it is not `ROWS`. */
const COUNTS: Readonly<Record<string, number>> = {
  Account: 36,
  AccountContact: 60,
  Contact: 36,
  Interaction: 48,
  InteractionParticipant: 70,
  InteractionRegarding: 70,
  Order: 20,
  IdentityProvider: 5,
  RecordGrant: 60,
  Relationship: 30,
  RelationshipType: 60,
  SharingRule: 6,
  Team: 6,
}
const ROWS = 30
/** Of records that can be soft-deleted, one of so many is. */
const DELETED_EACH = 6

/** The uuid of a row of a filled table. */
export function uuidOf({ registry }: Pick<Filling, 'registry'>, model: string, index: number): string {
  const number = [...registry.models.models.keys()].indexOf(model)
  return `00000000-0000-7${number.toString(16).padStart(3, '0')}-8000-${index.toString(16).padStart(12, '0')}`
}

/**
 * Fills the tables of all models with records of all kinds: few different values in a column, empty ones among them, so
 * that random conditions meet some rows and not others. The same rows in each run.
 */
export async function fillTables(filling: Filling): Promise<void> {
  const random = createRandom(7)
  for (const model of modelsInOrder(filling.registry)) {
    const detailed = detailedInteractions(filling, model)
    const indexes = detailed ?? Array.from({ length: countOf(model.name) }, (_, index) => index)
    const rows = indexes.map((index) => rowOf(filling, random, model, index, detailed !== null))
    const columns = [...model.columns.values()].filter(({ isGenerated }) => !isGenerated).map(({ column }) => column)
    const names = columns.map((column) => `"${column}"`).join()
    await filling.ownerPool.query(
      `insert into "${model.table}" (${names}) select ${names} from jsonb_populate_recordset(null::"${model.table}", $1) on conflict do nothing`,
      [JSON.stringify(rows)],
    )
  }
  await filling.ownerPool.query(
    `insert into timeline_entries (workspace_id, record_id, interaction_id, occurred_at, kind)
     select i.workspace_id, c.record_id, i.id, i.occurred_at, i.kind from interactions i join (
       select interaction_id, record_id from interaction_regarding
       union select interaction_id, contact_id from interaction_participants where contact_id is not null
     ) c on c.interaction_id = i.id`,
  )
  await filling.ownerPool.query('analyze')
}

function countOf(model: string): number {
  return COUNTS[model] ?? ROWS
}

/** Models to fill, each after those that its foreign keys refer to. */
function modelsInOrder({ models }: Registry): Model[] {
  const ordered = new Set<Model>()
  const add = (model: Model) => {
    if (ordered.has(model) || LEFT_OUT.has(model.name) || model.isView || !model.hasWorkspace) return
    for (const { target } of model.relations.values()) {
      const other = models.models.get(target)
      if (other && other !== model) add(other)
    }
    ordered.add(model)
  }
  for (const model of models.models.values()) add(model)
  return [...ordered]
}

/** The interactions that have a row in the table of a variant's fields; null for another table. */
function detailedInteractions(filling: Filling, model: Model): number[] | null {
  for (const object of filling.registry.objects.values())
    for (const { kind, detail } of object.variants.values())
      if (detail?.model === model)
        return Array.from({ length: countOf(object.model.name) }, (_, index) => index).filter(
          (index) => kindOf(filling, index) === kind,
        )
  return null
}

/** Each kind in turn, also one that no plugin declares: the API does not show such interactions. */
function kindOf({ registry }: Filling, index: number): string {
  const kinds = ['UNKNOWN', ...variantKinds(registry, 'Interaction')]
  return kinds[index % kinds.length] ?? ''
}

function isDeleted({ columns }: Model, index: number): boolean {
  return columns.has('deletedAt') && columns.has('version') && index % DELETED_EACH === DELETED_EACH - 1
}

function rowOf(filling: Filling, random: Random, model: Model, index: number, isDetail: boolean): Row {
  const values: Row = {}
  for (const column of model.columns.values())
    values[column.name] = columnValue(random, filling.registry.models, column, index)
  for (const relation of model.relations.values())
    if (relation.target !== 'Workspace')
      values[foreignKey(model, relation).name] = targetOf(filling, random, model, relation, index)
  for (const reference of referencesOf(filling.registry, model)) setReference(filling, random, values, reference)
  for (const { name, type, isRequired } of model.columns.values())
    if (type === 'uuid' && isRequired) values[name] ??= namedId(filling, name, index)
  if (model.columns.has('id')) values['id'] = uuidOf(filling, isDetail ? 'Interaction' : model.name, index)
  values['workspaceId'] = filling.workspaceId
  if (model.columns.has('deletedAt')) values['deletedAt'] = isDeleted(model, index) ? PAST : null
  keepConsistent(filling, random, model, values, index)
  return Object.fromEntries([...model.columns.values()].map(({ name, column }) => [column, values[name]]))
}

/** Returns an id for a column that is no foreign key: of a row of the model that it is named after, such as `quoteId`. */
function namedId(filling: Filling, column: string, index: number): string | null {
  const model = column.charAt(0).toUpperCase() + column.slice(1).replace(/Id$/, '')
  return filling.registry.models.models.has(model) ? uuidOf(filling, model, index % countOf(model)) : null
}

/** The id that a foreign key holds: of a record that is not soft-deleted, or of any where the row shows no such id. */
function targetOf(
  filling: Filling,
  random: Random,
  model: Model,
  relation: { readonly name: string; readonly target: string; readonly isRequired: boolean },
  index: number,
): string | null {
  const { target, isRequired, name } = relation
  if (!isRequired && random.chance(0.3) && !ONE_OF[model.name]) return null
  if (target === 'Role') return random.pick(filling.roles)
  if (target === 'Actor') return random.pick(/^(created|updated)By$/.test(name) ? filling.actors : filling.users)
  const targetModel = filling.registry.models.models.get(target)
  if (!targetModel) throw new Error(`There is no model ${target}.`)
  const isPart = !model.columns.has('version') && isRequired && !SHOWN_KEYS.has(`${model.name}.${name}`)
  const indexes = Array.from({ length: target === model.name ? index : countOf(target) }, (_, each) => each)
  const possible = indexes.filter((each) => isPart || !isDeleted(targetModel, each))
  return possible.length === 0 ? null : uuidOf(filling, target, random.pick(possible))
}

/** Returns the indexes of the rows of a model that are not soft-deleted. */
function undeletedIndexes({ registry }: Filling, name: string): number[] {
  const model = registry.models.models.get(name)
  return Array.from({ length: countOf(name) }, (_, index) => index).filter(
    (index) => !model || !isDeleted(model, index),
  )
}

function setReference(filling: Filling, random: Random, values: Row, reference: Reference): void {
  const { type, id, objects, isPart } = reference
  const object = random.pick(objects)
  const { model } = filling.registry.objects.get(object) ?? {}
  if (!model) throw new Error(`There is no object ${object}.`)
  const indexes = Array.from({ length: countOf(model.name) }, (_, each) => each)
  const possible = indexes.filter((each) => isPart || !isDeleted(model, each))
  const isEmpty = !type.isRequired && random.chance(0.2)
  values[type.name] = isEmpty ? null : object
  values[id.name] = isEmpty ? null : uuidOf(filling, model.name, random.pick(possible))
}

/** Changes values that the database's constraints or the platform would not accept together. */
function keepConsistent(filling: Filling, random: Random, model: Model, values: Row, index: number): void {
  const alternatives = ONE_OF[model.name] ?? []
  const kept = alternatives[index % alternatives.length]
  for (const name of alternatives) if (name !== kept) values[name] = null
  if (kept === 'name') values[kept] = `Party ${index % 4}`
  for (const amount of [...model.columns.keys()].filter((name) => /amount$/i.test(name))) {
    const currency = currencyOf(model, amount)
    if (currency && values[amount] === null) values[currency.name] = null
    else if (currency) values[currency.name] ??= 'EUR'
  }
  // Each actor has created a type: that is how the API shows actors.
  if (model.name === 'RelationshipType') values['createdById'] = filling.actors[index % filling.actors.length]
  if (model.name === 'Interaction') values['kind'] = kindOf(filling, index)
  if (model.name === 'Constituent' && values['isDeceased'] !== true) values['deceasedOn'] = null
  if (model.name === 'Relationship' && values['fromId'] === values['toId'])
    values['toId'] = uuidOf(filling, String(values['toType']), 0)
  if (model.name === 'SharingRule') {
    values['object'] = index % 2 === 0 ? 'Account' : 'Contact'
    values['filter'] = index % 2 === 0 ? { industry: { in: ['Alpha', 'beta'] } } : { owner: { isNull: true } }
  }
  if (model.name === 'ProductConstraint' && values['productId'] === values['otherId'])
    values['otherId'] = uuidOf(filling, 'Product', values['productId'] === uuidOf(filling, 'Product', 0) ? 1 : 0)
  // A document has the id of its version.
  if (model.name === 'QuoteDocument') values['id'] = uuidOf(filling, 'QuoteVersion', index)
  // A quote has one order at most.
  if (model.name === 'Order')
    values['quoteId'] = uuidOf(filling, 'Quote', undeletedIndexes(filling, 'Quote')[index] ?? 0)
  SELLING[model.name]?.(values, index)
  if (model.name === 'RecordGrant' || model.name === 'Session')
    values['expiresAt'] = random.pick(model.name === 'Session' ? [PAST, FUTURE] : [PAST, FUTURE, null])
}

function currencyOf({ columns }: Model, amount: string): Column | undefined {
  return columns.get(amount.replace('Amount', 'Currency').replace(/^amount$/, 'currency'))
}
