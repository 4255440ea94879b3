import { defineItem, definePlugin, type VariantDeclaration } from 'rapport/plugin'
import { openCourses } from './access.ts'
import { firstCourse, installationSettings, remind, requestFeedback, workspaceSettings } from './background.ts'
import { contactConditions, contactFields } from './contact-fields.ts'
import { bookingCode, cancelCourse, course, enrollment } from './course.ts'
import { addCourseFilled } from './events.ts'
import { courseCalendar, courseFees, takeOverBookings } from './operations.ts'
import { receiveBooking } from './routes.ts'
import { courseFull, invite, noImport, seats, tidyTitle } from './rules.ts'

const webinar: VariantDeclaration = {
  name: 'Webinar',
  description: 'A session that is held online.',
  of: 'Interaction',
  kind: 'WEBINAR',
  detail: defineItem({ model: 'WebinarDetail', columns: { minutes: {} }, relations: { course: {} } }),
}

export default definePlugin({
  id: 'courses',
  description: 'Courses, their sessions, and the people who are enrolled in them.',
  version: '1.0.0',
  api: '^1.0.0',
  depends: { contacts: '^1.0.0' },
  conflicts: { academy: '<2.0.0' },
  permissions: ['course:read', 'course:create', 'enrollment:*', 'task:create', 'contact:read'],
  settings: {
    installation: installationSettings,
    workspace: workspaceSettings,
    secrets: {
      bookingKey: 'API key of the booking system.',
      bookingSignature: 'Key with which the booking system signs its webhooks.',
    },
  },
  personalData: [
    {
      model: 'Enrollment',
      subject: 'contact',
      columns: ['bookingCode', 'remindedAt'],
      purpose: 'To know who is enrolled in a course.',
    },
  ],
  objects: [course, enrollment],
  variants: [webinar],
  extend: { Contact: contactFields },
  conditions: { Contact: contactConditions },
  scalars: [bookingCode],
  errors: [courseFull],
  constraints: {
    courses_courses_venue_day_key: { message: 'Another course takes place there on that day.', path: ['venueId'] },
  },
  queries: [courseCalendar, courseFees],
  schema: addCourseFilled,
  rules: [tidyTitle, seats, invite, noImport],
  accessRules: [openCourses],
  acts: [cancelCourse],
  operations: [takeOverBookings],
  handlers: [requestFeedback],
  jobs: [remind],
  routes: [receiveBooking],
  seeds: [firstCourse],
})
