import { badArgument } from '../../platform/declare/pass-through-error.ts'
import { defineQuery } from '../../platform/declare/query.ts'
import { deadlineOf } from './clock/deadline.ts'
import { MINUTE_MS } from './clock/working-time.ts'
import { findWorkingTime } from './find-working-time.ts'

/** A year around the clock. */
const MAX_MINUTES = 527_040

export const workingDeadline = defineQuery({
  name: 'workingDeadline',
  description:
    'The instant at which a number of working minutes of a calendar has passed, with the working time that was counted. An instant counts if a clock on the wall in the time zone of the calendar shows a time within its hours: when the clocks are set back, an hour that comes twice counts twice, and one that is left out does not count. Null when the calendar does not exist.',
  permission: 'businessCalendar:read',
  args: {
    calendarId: { type: 'ID', isRequired: true, description: 'The calendar.' },
    minutes: { type: 'Int', isRequired: true, description: `Working minutes, from 1 to ${MAX_MINUTES}.` },
    startAt: { type: 'DateTime', description: 'When counting begins. Default: now.' },
  },
  answer: {
    type: {
      name: 'WorkingDeadline',
      description: 'The end of a working time, and how it was counted.',
      fields: {
        targetAt: {
          type: 'DateTime',
          isNullable: true,
          description:
            'When the working minutes have passed; null when the calendar has not so much working time within ten years.',
        },
        intervals: {
          isList: true,
          description: 'What was counted, in its order.',
          type: {
            name: 'WorkingInterval',
            description: 'A part of a working time.',
            fields: {
              from: { type: 'DateTime', description: 'When it begins.' },
              to: { type: 'DateTime', description: 'When it ends.' },
              countedSeconds: { type: 'Int', description: 'Its length in seconds.' },
            },
          },
        },
      },
    },
  },
  async run({ calendarId, minutes, startAt }, context) {
    if (minutes < 1 || minutes > MAX_MINUTES) throw badArgument(`\`minutes\` must be from 1 to ${MAX_MINUTES}.`)
    const calendar = await findWorkingTime(context, calendarId)
    if (!calendar) return null
    const startedAt = (startAt ?? context.now).getTime()
    const { at, intervals } = deadlineOf({ calendar, startedAt, pauses: [] }, minutes * MINUTE_MS)
    return {
      targetAt: at === null ? null : new Date(at),
      intervals: intervals.map(({ from, to }) => ({
        from: new Date(from),
        to: new Date(to),
        countedSeconds: Math.round((to - from) / 1_000),
      })),
    }
  },
})
