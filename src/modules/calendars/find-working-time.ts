import type { PluginContext } from '../../platform/declare/plugin-context.ts'
import type { WorkingHours, WorkingTime } from './clock/working-time.ts'

/** A calendar as the clock of deadlines takes it, with its name. */
export interface NamedWorkingTime extends WorkingTime {
  readonly name: string
}

const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const

/** Returns a calendar that the caller sees; null for any other. */
export async function findWorkingTime(context: PluginContext, id: string): Promise<NamedWorkingTime | null> {
  const calendar = await context.prisma.businessCalendar.findFirst({
    where: { id: context.uuidOf('BusinessCalendar', id), deletedAt: null },
    select: { name: true, timeZone: true },
  })
  if (!calendar) return null
  const where = { businessCalendarId: context.uuidOf('BusinessCalendar', id) }
  const hours = await context.prisma.businessHours.findMany({ where, select: { weekday: true, from: true, to: true } })
  const holidays = await context.prisma.businessHoliday.findMany({ where, select: { on: true } })
  return {
    ...calendar,
    hours: hours.map(
      ({ weekday, from, to }): WorkingHours => ({
        weekday: WEEKDAYS.indexOf(weekday) + 1,
        from: minutesOf(from),
        to: minutesOf(to),
      }),
    ),
    holidays: new Set(holidays.map(({ on }) => on.toISOString().slice(0, 10))),
  }
}

/** Minutes after midnight of a time such as `09:30`. */
function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
