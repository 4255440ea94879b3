import { definePlugin } from '../../platform/declare/plugin.ts'
import { businessCalendar } from './business-calendar.ts'
import { hoursFit } from './hours-fit.ts'
import { importHolidays } from './import-holidays.ts'
import { workingDeadline } from './working-deadline.ts'

export const calendars = definePlugin({
  id: 'calendars',
  description: 'Working hours and holidays, by which deadlines are counted.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [businessCalendar],
  rules: [hoursFit],
  operations: [importHolidays],
  queries: [workingDeadline],
})
