import { words } from './functions.ts'

const TOPICS = words(
  'annual_review budget contract delivery demonstration discount extension feedback integration introduction invoice launch maintenance onboarding order partnership pricing proposal quality renewal requirements return roadmap schedule security shipment support training upgrade workshop',
)
const PHRASES = words(
  'We_went_through_the_open_points. They_ask_for_a_new_quote_by_Friday. The_delivery_is_late_by_two_days. A_second_meeting_is_needed. They_are_content_with_the_service. The_contract_ends_in_spring. Send_the_slides_and_the_price_list. Their_team_has_grown. The_test_went_well. Legal_has_to_look_at_clause_seven.',
)
const KINDS = `'{EMAIL,EMAIL,EMAIL,EMAIL,EMAIL,EMAIL,EMAIL,EMAIL,CALL,CALL,CALL,CALL,MEETING,MEETING,NOTE,NOTE,CHAT,LETTER,VISIT,SOCIAL_POST}'::text[]`

/** Creates the temporary table of drafts, from which the statements below insert the interactions. */
export const CREATE_DRAFTS =
  'create temp table drafts (k bigint, id uuid, at timestamptz, kind text, contact_id uuid, user_id uuid)'

/**
 * Inserts the drafts. $1 salt of the workspace, $2 number of interactions, $3 number of those with contact 1, $4 number
 * of contacts, $5 uuids of the users.
 */
export const INSERT_DRAFTS = `
  insert into drafts
  select n.k, pg_temp.uuid_at(m.at, 8, n.k), m.at, m.kind, c.id, ($5::uuid[])[pg_temp.skewed(51, n.k, cardinality($5::uuid[]), 1.5)]
  from generate_series(1, $2::int) g
  cross join lateral (select $1::bigint * 10000000 + g as k) n
  cross join lateral (select pg_temp.moment(pg_temp.fraction(52, n.k)) as at, pg_temp.pick(${KINDS}, 53, n.k) as kind) m
  join numbered_contacts c on c.i = case when g <= $3::int then 1 else 1 + pg_temp.skewed(54, n.k, $4::int - 1, 2.5) end`

/**
 * Insert the interactions and their items from the drafts. They are executed in this order. $1 workspace. The last
 * statement inserts the timeline entries that a rule of Rapport would write.
 */
export const INSERT_INTERACTIONS = [
  `insert into interactions (workspace_id, id, kind, subject, body, direction, occurred_at, created_at, updated_at, created_by_id, updated_by_id)
   select $1::uuid, id, kind, initcap(kind) || ' about the ' || pg_temp.pick(${TOPICS}, 61, k),
     case when pg_temp.fraction(62, k) < 0.5 then pg_temp.pick(${PHRASES}, 63, k) || ' ' || pg_temp.pick(${PHRASES}, 64, k) end,
     (enum_range(null::"InteractionDirection"))[pg_temp.skewed(65, k, 3, 1.3)], at, at, at, user_id, user_id from drafts`,
  `insert into interaction_participants (workspace_id, id, interaction_id, role, contact_id, user_id, position)
   select $1::uuid, pg_temp.uuid_at(at, 9, k), id, 'PARTICIPANT'::"ParticipantRole", contact_id, null, 0 from drafts
   union all select $1::uuid, pg_temp.uuid_at(at, 10, k), id, 'PARTICIPANT', null, user_id, 1 from drafts`,
  `insert into interaction_regarding (workspace_id, id, interaction_id, record_type, record_id)
   select $1::uuid, pg_temp.uuid_at(d.at, 11, d.k), d.id, 'Account', l.account_id
   from drafts d join account_contacts l on l.workspace_id = $1 and l.contact_id = d.contact_id and l.is_primary where pg_temp.fraction(66, d.k) < 0.1`,
  `insert into interaction_calls (workspace_id, id, duration_seconds, outcome)
   select $1::uuid, id, pg_temp.roll(67, k, 3600), pg_temp.pick('{answered,voicemail,busy}', 68, k) from drafts where kind = 'CALL'`,
  `insert into interaction_emails (workspace_id, id, message_id, thread_id) select $1::uuid, id, '<' || id || '@bench.example>', 't' || k / 3 from drafts where kind = 'EMAIL'`,
  `insert into interaction_meetings (workspace_id, id, ended_at, location) select $1::uuid, id, at + interval '1 hour', 'Room ' || k % 9 from drafts where kind = 'MEETING'`,
  `insert into interaction_chats (workspace_id, id, service) select $1::uuid, id, 'web' from drafts where kind = 'CHAT'`,
  `insert into interaction_letters (workspace_id, id, tracking_number) select $1::uuid, id, 'L' || k from drafts where kind = 'LETTER'`,
  `insert into interaction_visits (workspace_id, id, location) select $1::uuid, id, 'Their office' from drafts where kind = 'VISIT'`,
  `insert into interaction_social_posts (workspace_id, id, network) select $1::uuid, id, 'linkedin' from drafts where kind = 'SOCIAL_POST'`,
  `insert into timeline_entries (workspace_id, record_id, interaction_id, occurred_at, kind)
   select $1::uuid, record_id, id, at, kind from (
     select d.contact_id as record_id, d.id, d.at, d.kind from drafts d
     union select l.account_id, d.id, d.at, d.kind from drafts d join account_contacts l on l.workspace_id = $1 and l.contact_id = d.contact_id
   ) entries`,
]
