import { defineAct, defineObject, ruleViolation } from 'rapport/plugin'

export const deadline = defineObject({
  model: 'Deadline',
  prefix: 'deadline',
  plural: 'deadlines',
  columns: { title: {}, dueOn: {}, kind: {}, completedAt: { input: false } },
  relations: { matter: {} },
  writes: ['create', 'update', 'delete', 'restore'],
})

export const completeDeadline = defineAct({
  name: 'completeDeadline',
  description: 'Records that a deadline was met, and at what time.',
  object: 'Deadline',
  apply: ({ completedAt }, { now }) =>
    completedAt === null
      ? { patch: { completedAt: now } }
      : { refusals: [ruleViolation('legal.completed', ['input', 'id'], 'The deadline has already been met.')] },
})
