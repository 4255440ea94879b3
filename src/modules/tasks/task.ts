import { longText } from '../../platform/declare/objects/column-input.ts'
import { many, reference } from '../../platform/declare/objects/fields.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'
import { type Act, defineAct } from '../../platform/declare/rules/act.ts'
import { ruleViolation } from '../../platform/declare/rules/user-errors.ts'

export const task = defineObject({
  model: 'Task',
  prefix: 'task',
  plural: 'tasks',
  search: 'searchText',
  searchedFields: ['title'],
  ownedBy: 'assignee',
  columns: {
    title: {},
    description: { input: longText, order: false },
    status: { input: false },
    priority: {},
    dueAt: {},
    completedAt: { input: false },
  },
  relations: { assignee: { object: 'User' } },
  fields: {
    regarding: reference({
      description: 'Record that the task is about.',
      to: 'Node',
      typeColumn: 'regardingType',
      idColumn: 'regardingId',
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

/** What tasks add to the records they can be about. */
export const taskFields = {
  tasks: many({
    description: 'Tasks about this record.',
    object: 'Task',
    by: 'regardingId',
    defaultOrder: [{ field: 'dueAt', direction: 'ASC' }],
  }),
}

type Status = 'OPEN' | 'IN_PROGRESS' | 'COMPLETED' | 'CANCELLED'

/** An act that moves a task from some statuses to another. */
function move(name: string, description: string, from: readonly Status[], to: Status): Act {
  return defineAct({
    name,
    description,
    object: 'Task',
    apply(record, { now }) {
      const status = String(record['status'])
      if (from.some((allowed) => allowed === status))
        return { patch: { status: to, completedAt: to === 'COMPLETED' ? now : null } }
      return {
        refusals: [
          ruleViolation(
            'tasks.status',
            ['input', 'id'],
            `The task is not ${from.join(' or ')}, and ${name} takes no other.`,
          ),
        ],
      }
    },
  })
}

export const taskActs: readonly Act[] = [
  move('startTask', 'Says that work on the task has begun.', ['OPEN'], 'IN_PROGRESS'),
  move('completeTask', 'Says that the task is done; the server notes when.', ['OPEN', 'IN_PROGRESS'], 'COMPLETED'),
  move('cancelTask', 'Says that the task need not be done any more.', ['OPEN', 'IN_PROGRESS'], 'CANCELLED'),
  move('reopenTask', 'Takes up again a task that was completed or cancelled.', ['COMPLETED', 'CANCELLED'], 'OPEN'),
]
