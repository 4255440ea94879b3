import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const WEEK = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'].map((weekday) => ({
  weekday,
  from: '09:00',
  to: '17:00',
}))

async function create(input: object) {
  const data = await app
    .as('admin')
    .must(
      'mutation ($input: CreateBusinessCalendarInput!) { createBusinessCalendar(input: $input) { businessCalendar { id version name timeZone hours { weekday from to } holidays { on name } } userErrors { code message path } } }',
      { input: { name: 'Office', timeZone: 'Europe/Berlin', hours: WEEK, ...input } },
    )
  return at(data, 'createBusinessCalendar')
}

async function deadline(calendarId: string, startAt: string, minutes: number) {
  const data = await app
    .as('reader')
    .must(
      'query ($calendarId: ID!, $startAt: DateTime, $minutes: Int!) { workingDeadline(calendarId: $calendarId, startAt: $startAt, minutes: $minutes) { targetAt intervals { from to countedSeconds } } }',
      { calendarId, startAt, minutes },
    )
  return at(data, 'workingDeadline')
}

async function importFile(id: string, version: number, file: string) {
  const data = await app
    .as('admin')
    .must(
      'mutation ($input: ImportHolidaysInput!) { importHolidays(input: $input) { addedCount businessCalendar { version holidays { on name } } userErrors { code message path } } }',
      { input: { businessCalendarId: id, version, file } },
    )
  return at(data, 'importHolidays')
}

const fileOf = (...events: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events.map((event) => `BEGIN:VEVENT\n${event}\nEND:VEVENT`), 'END:VCALENDAR']
    .join('\n')
    .replaceAll('\n', '\r\n')

describe('a business calendar', () => {
  it('counts its hours, in its time zone and without its holidays', async () => {
    const made = await create({ holidays: [{ on: '2026-04-03', name: 'Good Friday' }] })
    expect(at(made, 'userErrors')).toEqual([])
    const id = textAt(made, 'businessCalendar.id')
    // From Thursday 16:00 in summer time: one hour on Thursday, none on the holiday and at the weekend, one on Monday.
    expect(await deadline(id, '2026-04-02T14:00:00Z', 120)).toEqual({
      targetAt: '2026-04-06T08:00:00.000Z',
      intervals: [
        { from: '2026-04-02T14:00:00.000Z', to: '2026-04-02T15:00:00.000Z', countedSeconds: 3_600 },
        { from: '2026-04-06T07:00:00.000Z', to: '2026-04-06T08:00:00.000Z', countedSeconds: 3_600 },
      ],
    })
    // Exactly until work ends: that day, and not the next morning.
    expect(at(await deadline(id, '2026-04-02T14:00:00Z', 60), 'targetAt')).toBe('2026-04-02T15:00:00.000Z')
    expect(await deadline('businesscalendar_00000000000000000000000000', '2026-04-02T14:00:00Z', 1)).toBeNull()
  })

  it('whose days are all holidays for ten years never has working time', async () => {
    const hours = [{ weekday: 'MONDAY', from: '00:00', to: '24:00' }]
    const holidays = Array.from({ length: 560 }, (_, week) => ({
      on: new Date(Date.UTC(2026, 0, 5) + week * 7 * 86_400_000).toISOString().slice(0, 10),
    }))
    const id = textAt(await create({ name: 'Never', hours, holidays }), 'businessCalendar.id')
    expect(await deadline(id, '2026-01-01T00:00:00Z', 1)).toEqual({ targetAt: null, intervals: [] })
  })

  it.each([
    ['no hours', { hours: [] }, 'input.hours'],
    [
      'hours that end before they begin',
      { hours: [{ weekday: 'MONDAY', from: '17:00', to: '09:00' }] },
      'input.hours.0.to',
    ],
    [
      'hours that overlap',
      { hours: [...WEEK, { weekday: 'FRIDAY', from: '16:00', to: '18:00' }] },
      'input.hours.5.from',
    ],
    [
      'a time that does not exist',
      { hours: [{ weekday: 'MONDAY', from: '24:00', to: '24:00' }] },
      'input.hours.0.from',
    ],
    ['an unknown time zone', { timeZone: 'Europe/Berlim' }, 'input.timeZone'],
    ['a holiday twice', { holidays: [{ on: '2026-01-01' }, { on: '2026-01-01' }] }, 'input.holidays.1.on'],
  ])('is refused with %s', async (_, input, path) => {
    const { businessCalendar, userErrors } = Object(await create(input))
    expect(businessCalendar).toBeNull()
    expect(userErrors.map((error: unknown) => listAt(error, 'path').join('.'))).toEqual([path])
  })

  it('keeps its hours when an update does not name them, and is refused without any', async () => {
    const id = textAt(await create({ name: 'Kept' }), 'businessCalendar.id')
    const update = async (input: object) =>
      at(
        await app
          .as('admin')
          .must(
            'mutation ($input: UpdateBusinessCalendarInput!) { updateBusinessCalendar(input: $input) { businessCalendar { version hours { from } } userErrors { code path } } }',
            { input: { id, version: 1, ...input } },
          ),
        'updateBusinessCalendar',
      )
    expect(at(await update({ hours: [] }), 'userErrors')).toEqual([{ code: 'INVALID', path: ['input', 'hours'] }])
    expect(listAt(await update({ name: 'Renamed' }), 'businessCalendar.hours')).toHaveLength(5)
  })
})

describe('the import of holidays', () => {
  it('adds the whole-day events of an iCalendar file, follows repeated ones, and keeps the days that are there', async () => {
    const year = new Date().getUTCFullYear()
    const own = { on: `${year + 1}-01-01`, name: 'New Year, inventory' }
    const id = textAt(await create({ name: 'Imported', holidays: [own] }), 'businessCalendar.id')
    const file = fileOf(
      'UID:1\nSUMMARY:New Year\nDTSTART;VALUE=DATE:20200101\nDTEND;VALUE=DATE:20200102\nRRULE:FREQ=YEARLY',
      `UID:2\nSUMMARY:Company holidays\nDTSTART;VALUE=DATE:${year + 1}0801\nDTEND;VALUE=DATE:${year + 1}0803`,
      `UID:3\nSUMMARY:A meeting\nDTSTART:${year + 1}0901T100000Z\nDTEND:${year + 1}0901T110000Z`,
      'UID:5\nSUMMARY:Thanksgiving\nDTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;UNTIL=20201201',
      'UID:4\nSUMMARY:Long ago\nDTSTART;VALUE=DATE:19990101',
    )
    const imported = await importFile(id, 1, file)
    expect(at(imported, 'userErrors')).toEqual([])
    expect(at(imported, 'addedCount')).toBe(7)
    const expected = [
      ...[0, 1, 2, 3, 4, 5].map((years) => ({
        on: `${year + years}-01-01`,
        name: years === 1 ? own.name : 'New Year',
      })),
      { on: `${year + 1}-08-01`, name: 'Company holidays' },
      { on: `${year + 1}-08-02`, name: 'Company holidays' },
    ]
    const holidays = listAt(imported, 'businessCalendar.holidays')
    expect(new Set(holidays.map((day) => JSON.stringify(day)))).toEqual(
      new Set(expected.map((day) => JSON.stringify(day))),
    )
    const again = await importFile(id, 2, file)
    expect(again).toMatchObject({ addedCount: 0, businessCalendar: { version: 2 } })
    expect(at(await importFile(id, 1, file), 'userErrors.0.code')).toBe('STALE_VERSION')
  })

  it('refuses a text that is no iCalendar file, and an event that can’t be a holiday', async () => {
    const id = textAt(await create({ name: 'Refused' }), 'businessCalendar.id')
    // Rules that are no yearly holidays: of some the next day is never found. The last one has too many days.
    const repeated = [
      'FREQ=SECONDLY',
      'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=YEARLY;BYSETPOS=300;BYMONTH=2;BYDAY=MO',
      'FREQ=YEARLY;BYDAY=60MO',
      'FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU',
    ].map((rule) => fileOf(`SUMMARY:Often\nDTSTART;VALUE=DATE:19000101\nRRULE:${rule}`))
    for (const file of [
      '',
      'hello',
      ...repeated,
      fileOf('SUMMARY:Forever\nDTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20290101'),
    ]) {
      const { addedCount, userErrors } = Object(await importFile(id, 1, file))
      expect(addedCount).toBeNull()
      expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['input', 'file'] }])
    }
  })
})
