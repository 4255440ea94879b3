import { defineObject, definePlugin, defineRule, defineUserError, longText, many, sql, userError } from 'rapport/plugin'

/** From this one declaration come the type, its list, filters, inputs and mutations, history and live changes. */
const note = defineObject({
  model: 'H5Note',
  prefix: 'h5note',
  plural: 'h5Notes',
  columns: { text: { input: longText, order: false }, isPinned: {} },
  relations: { account: {} },
  writes: ['create', 'update', 'delete'],
})

const pinnedNotes = defineUserError({
  name: 'H5PinnedNotesError',
  description: 'The account has pinned notes.',
  code: 'H5_PINNED_NOTES',
  fields: { noteCount: { description: 'How many.', type: 'Int' } },
})

const keepPinned = defineRule({
  name: 'h5.keepPinned',
  description: 'An account with pinned notes is not deleted.',
  object: 'Account',
  on: ['delete'],
  async before({ id }, { transaction }) {
    const [found] = await transaction.query<{ count: number }>(
      sql`select count(*)::int as count from h5_notes
          where workspace_id = ${transaction.workspaceId}::uuid and account_id = ${id}::uuid and is_pinned`,
    )
    const noteCount = found?.count ?? 0
    if (noteCount === 0) return undefined
    return { refusals: [userError(pinnedNotes, ['input', 'id'], 'Unpin its notes first.', { noteCount })] }
  },
})

export default definePlugin({
  id: 'h5',
  description: 'Notes on accounts.',
  version: '1.0.0',
  api: '^1.0.0',
  personalData: [],
  objects: [note],
  extend: {
    Account: {
      h5Notes: many({
        description: 'Notes on this account.',
        object: 'H5Note',
        by: 'account',
      }),
    },
  },
  errors: [pinnedNotes],
  rules: [keepPinned],
})
