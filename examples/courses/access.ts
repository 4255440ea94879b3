import { defineAccessRule } from 'rapport/plugin'

export const openCourses = defineAccessRule({
  name: 'courses.open',
  description: 'Integrations are told of courses that take place.',
  object: 'Course',
  on: ['read'],
  decide: ({ actor }) => actor.kind !== 'API_KEY' || { status: { equals: 'PLANNED' } },
})
