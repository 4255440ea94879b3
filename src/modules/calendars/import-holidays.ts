import { defineOperation, type OperationResult } from '../../platform/declare/rules/operation.ts'
import { invalid, notFound, staleVersion, type UserError } from '../../platform/declare/rules/user-errors.ts'
import { MAX_HOLIDAYS } from './business-calendar.ts'
import { type Holiday, holidaysOfFile } from './holidays-of-file.ts'

/** Years from now for which repeated holidays are imported. */
const YEARS = 5
/** 1 MB: a feed of the holidays of a country over twenty years has a tenth of it. */
const MAX_LENGTH = 1_000_000

export const importHolidays = defineOperation({
  name: 'importHolidays',
  description: `Adds the whole-day events of an iCalendar file (RFC 5545), such as a feed of the public holidays of a country, to the holidays of a calendar: those of the current year and of the next ${YEARS} years. Days that the calendar has already keep their names.`,
  permission: 'businessCalendar:update',
  isAtomic: true,
  input: {
    businessCalendarId: { type: 'ID', isRequired: true, description: 'The calendar.' },
    version: { type: 'Int', isRequired: true, description: 'Version of the calendar that the client has read.' },
    file: { type: 'String', isRequired: true, description: 'Text of the iCalendar file, of at most 1 MB.' },
  },
  payload: {
    businessCalendar: {
      type: 'BusinessCalendar',
      isNullable: true,
      description: 'The calendar; null when there are errors.',
    },
    addedCount: { type: 'Int', isNullable: true, description: 'Number of days that were added.' },
  },
  async run({ businessCalendarId, version, file }, context) {
    const calendarId = await context.records.lock('BusinessCalendar', businessCalendarId)
    const calendar = calendarId && (await context.records.get('BusinessCalendar', calendarId))
    if (!calendar) return refused(notFound(['input', 'businessCalendarId'], 'BusinessCalendar'))
    if (calendar.version !== version) return refused(staleVersion(calendar.version ?? 0, []))
    if (file.length > MAX_LENGTH) return refused(invalid(['input', 'file'], `At most ${MAX_LENGTH} characters.`))
    const year = context.today.slice(0, 4)
    const read = readHolidays(file, `${year}-01-01`, `${Number(year) + YEARS}-12-31`)
    if ('error' in read) return refused(read.error)
    const known = await context.prisma.businessHoliday.findMany({
      where: { businessCalendarId: calendarId },
      orderBy: { position: 'asc' },
      select: { on: true, name: true },
    })
    const kept = known.map(({ on, name }) => ({ on: on.toISOString().slice(0, 10), name }))
    const added = read.holidays.filter(({ on }) => !kept.some((each) => each.on === on))
    if (kept.length + added.length > MAX_HOLIDAYS)
      return refused(invalid(['input', 'file'], `A calendar has ${MAX_HOLIDAYS} holidays at most.`))
    if (added.length > 0) {
      const { userErrors } = await context.records.update('BusinessCalendar', calendarId, {
        holidays: [...kept, ...added],
      })
      if (userErrors.length > 0) return { values: {}, userErrors }
    }
    return { values: { businessCalendar: calendar.id, addedCount: added.length }, userErrors: [] }
  },
})

type ReadHolidays = { readonly holidays: readonly Holiday[] } | { readonly error: UserError }

function readHolidays(file: string, first: string, last: string): ReadHolidays {
  try {
    return { holidays: holidaysOfFile(file, first, last) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { error: invalid(['input', 'file'], `Not an iCalendar file with holidays: ${reason}`) }
  }
}

function refused(error: UserError): OperationResult {
  return { values: {}, userErrors: [error] }
}
