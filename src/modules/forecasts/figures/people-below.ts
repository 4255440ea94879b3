import { type Sql, sql } from '../../../platform/data/sql.ts'
import type { ForecastRequest } from './forecast-request.ts'

/**
 * Returns a query for the users whose deals a forecast of a manager has, with the column `id`: the manager, the members
 * of the teams that the manager leads, the members of the teams that these lead, and so on. For a manager who leads no
 * team they are the users whose role is below the manager's in the hierarchy of roles, as for the scope `hierarchy`.
 *
 * Teams come first because they say who works for whom. A role says this only where each manager has a role of their own.
 *
 * SQL by hand, because of the recursion.
 */
function peopleBelow(ws: Sql, manager: Sql): Sql {
  return sql`with recursive led(id) as (
      select ${manager}
      union
      select m.user_id from led
      join team_members l on l.workspace_id = ${ws} and l.user_id = led.id and l.is_lead
      join teams t on t.workspace_id = ${ws} and t.id = l.team_id and t.deleted_at is null
      join team_members m on m.workspace_id = ${ws} and m.team_id = l.team_id
    )
    select id from led
    union
    select b.id::uuid from jsonb_array_elements_text(rapport_reach(${ws}, ${manager}) -> 'below') b(id)
    where not exists (select from team_members l
      join teams t on t.workspace_id = ${ws} and t.id = l.team_id and t.deleted_at is null
      where l.workspace_id = ${ws} and l.user_id = ${manager} and l.is_lead)`
}

type Whose = Pick<ForecastRequest, 'ownerId' | 'teamId'>

/**
 * Returns a query for the users whose deals count, with the column `id`. It is not used where the deals of all users
 * count.
 */
export function people(ws: Sql, { ownerId, teamId }: Whose): Sql {
  if (ownerId) return peopleBelow(ws, sql`${ownerId}::uuid`)
  return teamId
    ? sql`select m.user_id as id from team_members m where m.workspace_id = ${ws} and m.team_id = ${teamId}::uuid`
    : sql`select null::uuid`
}

/** Returns the condition that an owner is one of these users; `people` has to be a query of the statement. */
export function ofPeople({ ownerId, teamId }: Whose, owner: Sql): Sql {
  return ownerId || teamId ? sql`${owner} in (select id from people)` : sql`true`
}
