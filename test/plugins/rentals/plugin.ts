import { fileURLToPath } from 'node:url'
import { sql } from '../../../src/platform/data/sql.ts'
import type { ObjectDeclaration } from '../../../src/platform/declare/objects/object.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { defineUserError } from '../../../src/platform/declare/rules/user-errors.ts'
import { testPlugin } from '../guarded-plugin.ts'

/** Folder of the models and migrations of the plugin `leases`. */
export const LEASES = fileURLToPath(new URL('.', import.meta.url))

const lease: ObjectDeclaration = {
  model: 'Lease',
  prefix: 'lease',
  plural: 'leases',
  naturalKey: ['place'],
  columns: { unit: {}, parking: {}, startsOn: {}, endsOn: {}, number: {}, code: {}, place: {}, isDraft: {} },
  writes: ['create', 'update', 'delete', 'restore'],
}

const overlap = defineUserError({
  name: 'LeaseOverlapError',
  description: 'The unit is let already.',
  code: 'LEASE_OVERLAP',
})

const leaseInput = {
  name: 'TakenLeaseInput',
  description: 'A lease of another system.',
  fields: {
    unit: { type: 'String', isRequired: true, description: 'The unit.' },
    startsOn: { type: 'Date', isRequired: true, description: 'First day.' },
    place: { type: 'Int', isRequired: true, description: 'Place.' },
  },
} as const

/** A plugin whose table has constraints that models.prisma can't express. */
export const leases = testPlugin('leases', {
  permissions: ['lease:create', 'lease:read', 'lease:update'],
  objects: [lease],
  errors: [overlap],
  constraints: {
    leases_leases_unit_excl: { message: 'The unit is let in that period.', path: ['startsOn'], error: overlap },
    leases_leases_period_check: { message: 'The lease ends before it begins.', path: ['endsOn'] },
    leases_leases_place_key: { message: 'The place is taken.', path: ['place'] },
  },
  acts: [
    {
      name: 'confirmLease',
      description: 'Makes a lease of a draft.',
      object: 'Lease',
      apply: () => ({ patch: { isDraft: false } }),
    },
    {
      name: 'endLease',
      description: 'Ends a lease on a day that is too early.',
      object: 'Lease',
      apply: () => ({ patch: { endsOn: '1999-01-01' } }),
    },
  ],
  operations: [
    defineOperation({
      name: 'takeOverLeases',
      description: 'Stores leases of another system.',
      permission: null,
      input: { leases: { type: leaseInput, isList: true, isRequired: true, description: 'The leases.' } },
      payload: { count: { type: 'Int', description: 'How many were stored.' } },
      async run({ leases: inputs }, { records }) {
        const written = await records.upsertMany('Lease', inputs, { path: ['input', 'leases'] })
        return {
          values: { count: written.filter(({ outcome }) => outcome !== 'UNCHANGED').length },
          userErrors: written.flatMap(({ userErrors }) => userErrors),
        }
      },
    }),
    defineOperation({
      name: 'insertLease',
      description: 'Inserts a lease by SQL.',
      permission: null,
      input: { unit: { type: 'String', isRequired: true, description: 'The unit.' } },
      payload: { isDone: { type: 'Boolean', description: 'Whether it was inserted.' } },
      async run({ unit }, { newId, transaction }) {
        await transaction.query(
          sql`insert into leases_leases (workspace_id, id, unit, starts_on)
            values (${transaction.workspaceId}::uuid, ${newId()}::uuid, ${unit}, '2020-01-01')`,
        )
        return { values: { isDone: true }, userErrors: [] }
      },
    }),
  ],
})
