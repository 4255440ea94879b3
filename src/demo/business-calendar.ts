import type { UnitOfWork } from '../platform/request/context.ts'
import { createMissing } from './records.ts'

/** Writes the working hours of the offices, with the public holidays of two years. */
export async function writeBusinessCalendars(work: UnitOfWork): Promise<void> {
  const year = work.now.getUTCFullYear()
  await createMissing(work, 'BusinessCalendar', [
    {
      name: 'Office hours',
      timeZone: 'Europe/London',
      hours: [
        ...WEEKDAYS.slice(0, 4).map((weekday) => ({ weekday, from: '08:30', to: '17:30' })),
        { weekday: 'FRIDAY', from: '08:30', to: '16:00' },
      ],
      holidays: [year, year + 1].flatMap((each) => [
        { on: `${each}-01-01`, name: "New Year's Day" },
        { on: `${each}-12-25`, name: 'Christmas Day' },
        { on: `${each}-12-26`, name: 'Boxing Day' },
      ]),
    },
    {
      name: 'Hotline',
      timeZone: 'Europe/London',
      hours: WEEKDAYS.map((weekday) => ({ weekday, from: '06:00', to: '22:00' })),
    },
  ])
}

const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const
