import { type Sql, sql } from '../../platform/data/sql.ts'
import type { RowReference, SourcePage } from '../../platform/declare/objects/field-sql.ts'
import { many, source } from '../../platform/declare/objects/fields.ts'
import { defineRule } from '../../platform/declare/rules/rule.ts'
import { subtreeIds } from '../accounts/index.ts'

const kinds = {
  type: 'InteractionKind',
  isList: true,
  description: 'Kinds of interactions to return. Default: all kinds.',
  permission: 'interaction.kind:read',
} as const

function ofKinds(entry: Sql, args: Readonly<Record<string, unknown>>): Sql {
  return Array.isArray(args['kinds']) ? sql`${entry}.kind = any(${args['kinds'].map(String)}::text[])` : sql`true`
}

/** Returns SQL for a page of a record's timeline. The SQL reads one range of an index. */
function entriesOf(record: RowReference, args: Readonly<Record<string, unknown>>, page: SourcePage): Sql {
  const [at, id] = [sql`e.occurred_at`, sql`e.interaction_id`]
  return sql`select e.interaction_id as id, e.occurred_at as at from timeline_entries e
    where e.workspace_id = ${record.column('workspaceId')} and e.record_id = ${record.column('id')} and ${ofKinds(sql`e`, args)} and ${page.within(at, id)} and ${page.isVisible(id)}
    order by ${page.order(at, id)} limit ${page.limit}`
}

/**
 * Returns SQL for a page of an organisation's timeline and, with `includeSubsidiaries`, of the timelines of all
 * organisations below it. With `includeSubsidiaries`, the SQL returns up to a page of entries from each timeline: the
 * platform sorts all these entries and takes the first page. An interaction in several timelines occurs once.
 */
function subtreeEntries(account: RowReference, args: Readonly<Record<string, unknown>>, page: SourcePage): Sql {
  if (args['includeSubsidiaries'] !== true) return entriesOf(account, args, page)
  const [at, id] = [sql`e.occurred_at`, sql`e.interaction_id`]
  return sql`select distinct found.id, found.at from (${subtreeIds(account)}) s cross join lateral (
      select e.interaction_id as id, e.occurred_at as at from timeline_entries e
      where e.workspace_id = ${account.column('workspaceId')} and e.record_id = s.id and ${ofKinds(sql`e`, args)} and ${page.within(at, id)} and ${page.isVisible(id)}
      order by ${page.order(at, id)} limit ${page.limit}
    ) found`
}

/** Fields that this module adds to contacts. */
export const contactFields = {
  timeline: source({
    description: 'Timeline of the person: all interactions with or about them, the latest first.',
    object: 'Interaction',
    orderedBy: 'occurredAt',
    args: { kinds },
    source: entriesOf,
  }),
  interactions: interactionsOf('person'),
}

/** Fields that this module adds to leads. */
export const leadFields = {
  timeline: source({
    description: 'Timeline of the lead: all interactions about it, the latest first.',
    object: 'Interaction',
    orderedBy: 'occurredAt',
    args: { kinds },
    source: entriesOf,
  }),
  interactions: interactionsOf('lead'),
}

/** Fields that this module adds to accounts. */
export const accountFields = {
  timeline: source({
    description:
      'Timeline of the organisation, the latest interaction first: all interactions about the organisation, and those with or about people who had a role in it at that time.',
    object: 'Interaction',
    orderedBy: 'occurredAt',
    args: {
      kinds,
      includeSubsidiaries: {
        type: 'Boolean',
        description: 'Whether to include the timelines of all organisations below this one. Default: false.',
      },
    },
    source: subtreeEntries,
  }),
  interactions: interactionsOf('organisation'),
}

function interactionsOf(what: string) {
  return many({
    description: `Interactions in the ${what}'s timeline, as a list that can be filtered and ordered.`,
    object: 'Interaction',
    link: {
      item: { model: 'TimelineEntry', columns: {} },
      by: 'recordId',
      to: 'interaction',
      order: { occurredAt: 'occurredAt' },
    },
    defaultOrder: [{ field: 'occurredAt', direction: 'DESC' }],
  })
}

/**
 * Writes the timeline entries of an interaction: in the timelines of the contacts who took part, of the records that
 * the interaction is about, and of the organisations in which any of these contacts had a role at the time of the
 * interaction.
 */
export const keepTimeline = defineRule({
  name: 'interactions.keepTimeline',
  description:
    'Keeps timelines up to date: an interaction is in the timelines of the people who took part, of the records that it is about, and of the organisations in which these people had a role at that time.',
  object: 'Interaction',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async after(write, { transaction }) {
    const ws = sql`${transaction.workspaceId}::uuid`
    const changesEntries =
      write.values['occurredAt'] !== undefined || write.items.has('participants') || write.items.has('regardingIds')
    if (write.kind === 'update' && !changesEntries) return
    if (write.kind === 'update')
      await transaction.query(
        sql`delete from timeline_entries where workspace_id = ${ws} and interaction_id = ${write.id}::uuid`,
      )
    await transaction.query(sql`
      insert into timeline_entries (workspace_id, record_id, interaction_id, occurred_at, kind)
      select i.workspace_id, c.record_id, i.id, i.occurred_at, i.kind from interactions i cross join lateral (
        select r.record_id from interaction_regarding r where r.workspace_id = i.workspace_id and r.interaction_id = i.id
        union select p.contact_id from interaction_participants p where p.workspace_id = i.workspace_id and p.interaction_id = i.id and p.contact_id is not null
        union select l.account_id from account_contacts l
          where l.workspace_id = i.workspace_id
            and l.contact_id in (
              select p.contact_id from interaction_participants p where p.workspace_id = i.workspace_id and p.interaction_id = i.id
              union select r.record_id from interaction_regarding r where r.workspace_id = i.workspace_id and r.interaction_id = i.id)
            and (l.started_on is null or l.started_on <= i.occurred_at::date) and (l.ended_on is null or l.ended_on >= i.occurred_at::date)
      ) c where i.workspace_id = ${ws} and i.id = ${write.id}::uuid`)
  },
})
