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

/** The field that lists the tasks about a record, for accounts, contacts and leads. */
export const taskFields = {
  tasks: many({
    description: 'Tasks about this record.',
    object: 'Task',
    by: 'regardingId',
    defaultOrder: [{ field: 'dueAt', direction: 'ASC' }],
  }),
}

type Status = 'OPEN' | 'IN_PROGRESS' | 'COMPLETED' | 'CANCELLED'

/**
 * Returns a business act that changes the status of a task to `to`, and refuses a task whose status is not in `from`.
 * `completedAt` becomes the current time for COMPLETED, and null for any other status.
 */
function statusAct(name: string, description: string, from: readonly Status[], to: Status): Act {
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
            `${name} requires a task whose status is ${from.join(' or ')}.`,
          ),
        ],
      }
    },
  })
}

export const taskActs: readonly Act[] = [
  statusAct('startTask', 'Starts a task: changes its status from OPEN to IN_PROGRESS.', ['OPEN'], 'IN_PROGRESS'),
  statusAct(
    'completeTask',
    'Completes a task that is OPEN or IN_PROGRESS: sets its status to COMPLETED and `completedAt` to the current time.',
    ['OPEN', 'IN_PROGRESS'],
    'COMPLETED',
  ),
  statusAct(
    'cancelTask',
    'Cancels a task that is OPEN or IN_PROGRESS: sets its status to CANCELLED.',
    ['OPEN', 'IN_PROGRESS'],
    'CANCELLED',
  ),
  statusAct(
    'reopenTask',
    'Reopens a task that was completed or cancelled: sets its status to OPEN and `completedAt` to null.',
    ['COMPLETED', 'CANCELLED'],
    'OPEN',
  ),
]
