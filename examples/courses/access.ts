import { defineAccessRule } from 'rapport/plugin'

export const openCourses = defineAccessRule({
  name: 'courses.open',
  description: 'API keys can read only courses that are not cancelled.',
  object: 'Course',
  on: ['read'],
  decide: ({ actor }) => actor.kind !== 'API_KEY' || { status: { equals: 'PLANNED' } },
})
