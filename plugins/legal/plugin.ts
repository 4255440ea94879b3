import { definePlugin } from 'rapport/plugin'
import { conflictCheck, reportedConflicts, saveConflictCheck } from './conflict-operations.ts'
import { conflictReport } from './conflict-report.ts'
import { completeDeadline, deadline } from './deadline.ts'
import { remindOfDeadlines } from './deadline-job.ts'
import { closeMatter, matter, partyFields } from './matter.ts'
import { alternateName, formerAccountName, formerContactName } from './names.ts'
import { noOtherWay } from './no-other-way.ts'
import { conflictOfInterest, openMatter } from './open-matter.ts'
import { workspaceSettings } from './settings.ts'

const READS = [
  'matter:read',
  'deadline:read',
  'contact:read',
  'account:read',
  'user:read',
  'conflictReport:read',
] as const
const CONFLICT_DUTY = 'To find conflicts of interest before a matter is opened, and to prove that the check was done.'

export default definePlugin({
  id: 'legal',
  description:
    'Legal matters with their parties and deadlines, and a conflict check that is required to open a matter.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: [...READS, 'matter:update', 'task:create', 'conflictReport:create', 'alternateName:create'],
  reads: ['contacts', 'accounts', 'relationship_sides'],
  settings: { workspace: workspaceSettings },
  personalData: [
    {
      model: 'MatterParty',
      subject: 'contact',
      columns: ['name', 'role', 'startedOn', 'endedOn'],
      purpose: CONFLICT_DUTY,
    },
    { model: 'AlternateName', subject: 'contact', columns: ['name'], purpose: CONFLICT_DUTY },
    { model: 'ConflictReport', subject: 'matter', columns: ['names', 'hits', 'note'], purpose: CONFLICT_DUTY },
  ],
  objects: [matter, deadline, alternateName, conflictReport],
  extend: { Contact: partyFields('contact'), Account: partyFields('account') },
  errors: [conflictOfInterest],
  queries: [conflictCheck, reportedConflicts],
  operations: [saveConflictCheck, openMatter],
  acts: [closeMatter, completeDeadline],
  rules: [formerContactName, formerAccountName, noOtherWay],
  jobs: [remindOfDeadlines],
})
