import { convertedSum } from '../data/exchange-rates.ts'
import type { Row } from '../data/row.ts'
import { hiddenFromPlanner, type Sql, sql } from '../data/sql.ts'
import type { RowReference } from '../declare/objects/field-sql.ts'
import type { Plugin } from '../declare/plugin.ts'
import { dayIn, utcDay } from '../formats/day.ts'
import type { AccessContext } from '../permissions/access-context.ts'
import { canReadFieldOfAllRecords } from '../permissions/guard.ts'
import { requestFacts } from '../permissions/request-facts.ts'
import { columnsOfField } from '../registry/columns.ts'
import type { RecordType } from '../registry/object-type.ts'
import { objectNamed } from '../registry/registry.ts'
import { settingsReader } from '../request/stored-settings.ts'

/** What a `RowReference` offers besides the columns of its row. */
export type RequestReference = Omit<RowReference, 'column' | 'sees'>

const references = new WeakMap<AccessContext, Map<Plugin, RequestReference>>()

/** Returns what the code of a declaration may know of the request for which its SQL is compiled. */
export function requestReference(context: AccessContext, plugin: Plugin): RequestReference {
  const byPlugin = references.get(context) ?? new Map<Plugin, RequestReference>()
  references.set(context, byPlugin)
  const cached = byPlugin.get(plugin)
  if (cached) return cached
  const { actor, now } = context
  const reference: RequestReference = {
    now: sql`${now}::timestamptz`,
    today: sql`${dayIn(actor.calendar.timeZone, now)}::date`,
    actorId: sql`${actor.id}::uuid`,
    canRead: (object: string, field: string) =>
      context.isSystem === true || canReadFieldOfAllRecords(actor, objectNamed(context.registry, object), field),
    convertedSum(amounts: Sql, to: string, on: string | Sql = reference.today) {
      return convertedSum(amounts, { workspaceId: hiddenFromPlanner(actor.workspaceId), to, on: dayOf(on) })
    },
    ...requestFacts(context, plugin),
  }
  byPlugin.set(plugin, reference)
  return reference
}

/**
 * Returns sample values of `requestReference`, with which SQL is checked that is not sent. Settings have the schema's
 * defaults.
 * @param isAllowed What `can` returns.
 */
export function sampleReference(plugin: Plugin, isAllowed: boolean): RequestReference {
  return {
    now: sql`${new Date(0)}::timestamptz`,
    today: sql`${utcDay(new Date(0))}::date`,
    actorId: sql`${'00000000-0000-0000-0000-000000000000'}::uuid`,
    convertedSum: sampleSum,
    can: () => isAllowed,
    canRead: () => isAllowed,
    settings: settingsReader(plugin, {}),
  }
}

/**
 * Returns SQL that takes the place of `convertedSum` where SQL of a plugin is checked: what converts amounts is SQL of the
 * platform, which reads a table that the plugin may not read.
 */
export function sampleSum(amounts: Sql, to: string, on: string | Sql = sql`null::date`): Sql {
  return sql`select sum(sample.amount) filter (where sample.currency is not null and ${dayOf(on)} is not null) as amount,
    ${to}::text as currency from (${amounts}) sample`
}

function dayOf(on: string | Sql): Sql {
  return typeof on === 'string' ? sql`${on}::date` : on
}

/**
 * Returns the names of the columns that fields of the type publish, with `workspaceId` and `id`, which every statement
 * needs.
 */
export function publishedColumns(type: RecordType): ReadonlySet<string> {
  const whole = type.groupedIn ?? type
  const stored = [...whole.fields.values()].flatMap((field) => columnsOfField(whole, field))
  return new Set(['workspaceId', 'id', ...stored])
}

const publishedByType = new WeakMap<RecordType, ReadonlySet<string>>()

/**
 * Returns the object through which the code of a declaration refers to the table row and the request, and checks
 * visibility.
 * @param isWhole Whether the code may use every column; otherwise only the columns that fields of the API publish.
 */
export function rowReference(
  type: RecordType,
  row: Row,
  request: RequestReference,
  sees: RowReference['sees'],
  isWhole: boolean,
): RowReference {
  if (isWhole) return { ...request, column: (name) => row.column(name), sees }
  const names = publishedByType.get(type) ?? publishedColumns(type)
  publishedByType.set(type, names)
  return {
    ...request,
    column(name): Sql {
      if (!names.has(name)) throw new Error(`The column ${name} of ${type.name} is not published.`)
      return row.column(name)
    },
    sees,
  }
}
