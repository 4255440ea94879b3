import { defineRule } from '../../platform/declare/rules/rule.ts'
import { invalid, type UserError } from '../../platform/declare/rules/user-errors.ts'
import type { Values } from '../../platform/declare/rules/values.ts'

/** Refuses hours that end before they begin or that overlap, days that are named twice, and a calendar without hours. */
export const hoursFit = defineRule({
  name: 'calendars.hoursFit',
  description:
    'A calendar has hours in which work is done; each ends after it begins, and those of a weekday do not overlap. A day is a holiday once.',
  object: 'BusinessCalendar',
  on: ['create', 'update'],
  isIntegral: true,
  before({ items, before }) {
    const hours = items.get('hours') ?? (before ? null : [])
    const refusals = [...(hours ? hoursErrors(hours) : []), ...holidayErrors(items.get('holidays') ?? [])]
    return refusals.length > 0 ? { refusals } : undefined
  },
})

function hoursErrors(hours: readonly Values[]): UserError[] {
  if (hours.length === 0)
    return [invalid(['input', 'hours'], 'A calendar without hours never has working time. Add hours.')]
  return hours.flatMap(({ weekday, from, to }, index) => {
    const path = (field: string) => ['input', 'hours', String(index), field]
    if (String(to) <= String(from))
      return [
        invalid(path('to'), 'Must be after `from`. Hours over midnight are two entries: to 24:00, and from 00:00.'),
      ]
    // Times are compared as texts: all have two digits for hours and minutes.
    const other = hours.findIndex(
      (each, place) =>
        place < index &&
        each['weekday'] === weekday &&
        String(each['from']) < String(to) &&
        String(from) < String(each['to']),
    )
    return other < 0 ? [] : [invalid(path('from'), `Overlaps with entry ${other} of the same weekday.`)]
  })
}

function holidayErrors(holidays: readonly Values[]): UserError[] {
  const days = holidays.map(({ on }) => String(on))
  return days.flatMap((day, index) =>
    days.indexOf(day) < index
      ? [invalid(['input', 'holidays', String(index), 'on'], `${day} is in the list already.`)]
      : [],
  )
}
