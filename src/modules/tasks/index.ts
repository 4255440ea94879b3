import { defineModule } from '../../platform/schema/module.ts'
import { task, taskActs, taskFields } from './task.ts'

/** What has to be done. */
export const tasks = defineModule({
  name: 'tasks',
  description: 'Tasks about any record, with an assignee and a due time.',
  objects: [task],
  extend: { Account: taskFields, Contact: taskFields },
  acts: taskActs,
})
