import { z } from 'zod'
import { sql } from '../../../platform/data/sql.ts'
import { list } from '../../../platform/declare/objects/fields.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'

const idleDays = z.int().min(1, 'At least 1 day.').max(365, 'At most 365 days.')

export const pipeline = defineObject({
  model: 'Pipeline',
  prefix: 'pipeline',
  plural: 'pipelines',
  naturalKey: ['name'],
  columns: { name: {}, isDefault: { input: false }, isActive: {}, idleDays: { input: idleDays } },
  fields: {
    stages: list({
      description: 'The stages of the pipeline, in order.',
      object: 'Stage',
      ids: (pipeline) => sql`select s.id, row_number() over (order by s.position, s.id) as position from stages s
        where s.workspace_id = ${pipeline.column('workspaceId')} and s.pipeline_id = ${pipeline.column('id')} and s.deleted_at is null`,
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
