import { definePlugin } from '../../platform/declare/plugin.ts'
import { task, taskActs, taskFields } from './task.ts'

export const tasks = definePlugin({
  id: 'tasks',
  description: 'Tasks about any record, with an assignee and a due time.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [task],
  extend: { Account: taskFields, Contact: taskFields, Lead: taskFields },
  acts: taskActs,
})
