import type { WorkingTime } from '../../../src/modules/calendars/clock/working-time.ts'

/** Zones with changes of the clocks by an hour and by half an hour, at midnight, in both hemispheres, and with none. */
export const ZONES = [
  'UTC',
  'Europe/London',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Australia/Sydney',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Pacific/Chatham',
] as const

/** The clocks of no zone change within a quarter of an hour. */
const QUARTER = 15

interface Wall {
  /** Such as `2025-03-30`. */
  readonly day: string
  /** 1 for Monday to 7 for Sunday. */
  readonly weekday: number
  /** Minutes after midnight. */
  readonly minute: number
}

const formats = new Map<string, Intl.DateTimeFormat>()
const walls = new Map<string, Map<number, Wall>>()

/** Returns whether a minute since 1970 is within the hours of a calendar: read from a clock on the wall. */
export function workingMinutes({ timeZone, hours, holidays }: WorkingTime): (minute: number) => boolean {
  const ofZone = walls.get(timeZone) ?? new Map<number, Wall>()
  walls.set(timeZone, ofZone)
  return (minute) => {
    const quarter = Math.floor(minute / QUARTER)
    const known = ofZone.get(quarter)
    const wall = known ?? readWall(timeZone, quarter)
    if (!known) ofZone.set(quarter, wall)
    if (holidays.has(wall.day)) return false
    const shown = wall.minute + (minute - quarter * QUARTER)
    for (const { weekday, from, to } of hours) if (weekday === wall.weekday && from <= shown && shown < to) return true
    return false
  }
}

/** Reads the clock from the text that the formatter of the process writes: nothing that the clock under test uses. */
function readWall(timeZone: string, quarter: number): Wall {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' })
  formats.set(timeZone, format)
  const [day = '', time = ''] = format.format(quarter * QUARTER * 60_000).split(' ')
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return { day, weekday: new Date(`${day}T00:00:00Z`).getUTCDay() || 7, minute: hour * 60 + minute }
}
