import { fileURLToPath } from 'node:url'
import { sql } from '../../../src/platform/data/sql.ts'
import { computed, condition, many, resolved } from '../../../src/platform/declare/objects/fields.ts'
import type { ObjectDeclaration } from '../../../src/platform/declare/objects/object.ts'
import { definePlugin } from '../../../src/platform/declare/plugin.ts'
import { defineQuery } from '../../../src/platform/declare/query.ts'
import { decodeRecordId } from '../../../src/platform/declare/record-id.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { defineUserError, userError } from '../../../src/platform/declare/rules/user-errors.ts'

/** Folder of the models and migrations of the plugin `homes`. */
export const HOMES = fileURLToPath(new URL('.', import.meta.url))

/** The records that each call of the resolved field `shout` got. */
export const resolveCalls: (readonly Readonly<Record<string, unknown>>[])[] = []

const household: ObjectDeclaration = {
  model: 'Household',
  prefix: 'household',
  plural: 'households',
  naturalKey: ['name'],
  columns: { name: {}, kind: {} },
  relations: { account: {} },
  writes: ['create', 'update', 'delete', 'restore'],
}

const crowded = defineUserError({
  name: 'HouseholdCrowdedError',
  description: 'The organisation looks after too many households.',
  code: 'HOUSEHOLD_CROWDED',
  fields: {
    limit: { type: 'Int', description: 'Households at most.' },
    names: { type: 'String', isList: true, description: 'Households that are there.' },
  },
})

const match = {
  name: 'HouseholdMatch',
  description: 'Something that was found.',
  fields: {
    score: { type: 'Float', description: 'How well it fits.' },
    level: {
      type: { name: 'MatchLevel', description: 'How sure it is.', values: { SURE: 'Certain.', LIKELY: 'Perhaps.' } },
      description: 'How sure it is.',
    },
    account: { type: 'Account', isNullable: true, description: 'The organisation.' },
    records: { type: 'Node', isList: true, description: 'All that it is about.' },
  },
} as const

/** A plugin that adds every kind of part to the schema. */
export const homes = definePlugin({
  id: 'homes',
  description: 'Households.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['account:read', 'household:read', 'household:create'],
  reads: ['accounts'],
  objects: [household],
  implement: { Party: ['Household'] },
  variants: [
    {
      name: 'HomeVisit',
      of: 'Interaction',
      kind: 'HOME_VISIT',
      description: 'A visit to a household.',
      detail: { model: 'HomeVisitDetail', columns: { rooms: {} }, relations: { household: {} } },
    },
  ],
  extend: {
    Account: {
      households: many({ description: 'Households it looks after.', object: 'Household', by: 'account' }),
      householdCount: computed({
        description: 'How many these are.',
        type: 'Int',
        isRequired: true,
        value: (account) =>
          sql`select count(*)::int from homes_households h where h.workspace_id = ${account.column('workspaceId')} and h.account_id = ${account.column('id')} and h.deleted_at is null and ${account.sees('Household', sql`h`)}`,
      }),
      shout: resolved({
        description: 'The name, in capitals.',
        type: 'String',
        needs: ['name'],
        resolve: async (records) => {
          resolveCalls.push(records)
          return records.map(({ name }) => String(name).toUpperCase())
        },
      }),
      broken: resolved({
        description: 'Never there.',
        type: 'Int',
        needs: ['id'],
        resolve: () => {
          throw new Error('no such service')
        },
      }),
      slow: resolved({
        description: 'Never in time.',
        type: 'Int',
        needs: ['id'],
        budgetMs: 20,
        resolve: () => new Promise(() => undefined),
      }),
      short: resolved({ description: 'Too few.', type: 'Int', needs: ['id'], resolve: () => [] }),
      wrong: resolved({
        description: 'A number where it is one.',
        type: 'Int',
        needs: ['name'],
        resolve: (records) => records.map(({ name }) => (name === 'Acme' ? 7 : 'seven')),
      }),
    },
  },
  conditions: {
    Account: {
      hasHousehold: condition({
        description: 'Whether it looks after a household.',
        type: 'Boolean',
        permission: 'household:read',
        where: (account) =>
          sql`exists (select from homes_households h where h.workspace_id = ${account.column('workspaceId')} and h.account_id = ${account.column('id')} and ${account.sees('Household', sql`h`)})`,
      }),
      householdNamed: condition({
        description: 'It looks after a household of this name.',
        type: 'String',
        permission: 'household:read',
        where: (account, name) =>
          sql`exists (select from homes_households h where h.workspace_id = ${account.column('workspaceId')} and h.account_id = ${account.column('id')} and h.name = ${name}::text and ${account.sees('Household', sql`h`)})`,
      }),
    },
  },
  errors: [crowded],
  queries: [
    defineQuery({
      name: 'matchHouseholds',
      description: 'Finds organisations and their households by name.',
      permission: 'household:read',
      args: { name: { type: 'String', isRequired: true, description: 'The name.' } },
      answer: { type: match, isList: true },
      async run({ name }, { transaction, unrestricted }) {
        if (name === 'fail') throw new Error('no such luck')
        if (name === 'write') await transaction.query(sql`delete from homes_households`)
        if (name === 'null') return [{ score: null, level: 'SURE', records: [] }]
        // Finds hidden records too, so that the tests show that the platform leaves them out of the answer.
        const found = await unrestricted.query<{ id: string; households: string[] }>(
          sql`select a.id, array(select h.id from homes_households h where h.workspace_id = a.workspace_id and h.account_id = a.id order by h.id) as households
              from accounts a where a.workspace_id = ${transaction.workspaceId}::uuid and a.name = ${name}::text`,
        )
        return found.map(({ id, households }) => ({
          score: 0.5,
          level: 'SURE',
          account: id,
          records: [{ type: 'Account', id }, ...households.map((each) => ({ type: 'Household', id: each }))],
        }))
      },
    }),
    defineQuery({
      name: 'biggestAccount',
      description: 'The organisation with the most households.',
      permission: 'account:read',
      answer: { type: 'Account' as const, isNullable: true },
      async run(_args, { transaction, unrestricted }) {
        const [found] = await unrestricted.query<{ id: string }>(
          sql`select account_id as id from homes_households where workspace_id = ${transaction.workspaceId}::uuid and account_id is not null group by account_id order by count(*) desc, account_id limit 1`,
        )
        return found?.id ?? null
      },
    }),
  ],
  operations: [
    defineOperation({
      name: 'settleHouseholds',
      description: 'Makes households of an organisation.',
      permission: 'household:create',
      input: {
        accountId: { type: 'ID', isRequired: true, description: 'The organisation.' },
        names: { type: 'String', isList: true, isRequired: true, description: 'Their names.' },
      },
      payload: {
        account: { type: 'Account', isNullable: true, description: 'The organisation.' },
        households: { type: 'Household', isList: true, description: 'What was made.' },
        count: { type: 'Int', description: 'How many.' },
      },
      async run(input, { records }) {
        const names = Array.isArray(input['names']) ? input['names'].map(String) : []
        if (names.length > 2) {
          const message = 'Too many households.'
          return { values: {}, userErrors: [userError(crowded, ['input', 'names'], message, { limit: 2, names })] }
        }
        const accountId = decodeRecordId(input['accountId'], 'account')
        const ids: string[] = []
        for (const name of names) {
          const { id, userErrors } = await records.create('Household', { name, accountId: input['accountId'] })
          if (id === null) return { values: {}, userErrors }
          ids.push(id)
        }
        return { values: { account: accountId, households: ids, count: ids.length }, userErrors: [] }
      },
    }),
  ],
})
