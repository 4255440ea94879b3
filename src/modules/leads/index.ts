import { definePlugin } from '../../platform/declare/plugin.ts'
import { disqualifyLead } from './acts/disqualify-lead.ts'
import { recycleLead } from './acts/recycle-lead.ts'
import { reopenLead } from './acts/reopen-lead.ts'
import { startLead } from './acts/start-lead.ts'
import { convertLead } from './convert/convert-lead.ts'
import { leadMappings } from './convert/mappings.ts'
import { lead } from './lead.ts'
import { leadStays } from './lead-rules.ts'

export const leads = definePlugin({
  id: 'leads',
  description: 'Leads: people and organisations that may become customers.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [lead],
  rules: [leadStays],
  acts: [startLead, disqualifyLead, recycleLead, reopenLead],
  operations: [convertLead],
  mappings: leadMappings,
})
