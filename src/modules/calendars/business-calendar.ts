import { z } from 'zod'
import { text } from '../../platform/declare/objects/column-input.ts'
import { items } from '../../platform/declare/objects/fields.ts'
import { defineItem } from '../../platform/declare/objects/item.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'
import { timeZone } from '../../platform/formats/time-zone.ts'

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time of the day is hours and minutes, such as 09:30.')

const hours = defineItem({
  model: 'BusinessHours',
  columns: { weekday: {}, from: { input: time }, to: { input: z.union([z.literal('24:00'), time]) } },
})

const holiday = defineItem({ model: 'BusinessHoliday', columns: { on: {}, name: { input: text(200) } } })

/** Holidays of some decades, of several countries. */
export const MAX_HOLIDAYS = 1_000

export const businessCalendar = defineObject({
  model: 'BusinessCalendar',
  prefix: 'businesscalendar',
  plural: 'businessCalendars',
  naturalKey: ['name'],
  columns: { name: { input: text(200).min(1, 'Must not be empty.') }, timeZone: { input: timeZone } },
  fields: {
    hours: items({
      description: 'Hours of the week in which work is done. Those of a weekday do not overlap.',
      item: hours,
      by: 'businessCalendar',
      max: 100,
    }),
    holidays: items({
      description: 'Days without work, whatever the weekday.',
      item: holiday,
      by: 'businessCalendar',
      max: MAX_HOLIDAYS,
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
