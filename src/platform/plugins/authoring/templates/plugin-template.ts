import type { TemplateNames } from './names.ts'

/** Returns `plugin.ts` of a new plugin: an object with a table, a field on Account, and a rule with a user error. */
export const pluginTemplate = ({
  id,
  Id,
  ID,
}: TemplateNames) => `import { defineObject, definePlugin, defineRule, defineUserError, longText, many, sql, userError } from 'rapport/plugin'

/** Declares the object: a GraphQL type with a list, filters, inputs, mutations, history and live changes. */
const note = defineObject({
  model: '${Id}Note',
  prefix: '${id}note',
  plural: '${id}Notes',
  columns: { text: { input: longText, order: false }, isPinned: {} },
  relations: { account: {} },
  writes: ['create', 'update', 'delete'],
})

const pinnedNotes = defineUserError({
  name: '${Id}PinnedNotesError',
  description: 'The account has pinned notes.',
  code: '${ID}_PINNED_NOTES',
  fields: { noteCount: { description: 'Number of pinned notes.', type: 'Int' } },
})

const keepPinned = defineRule({
  name: '${id}.keepPinned',
  description: 'An account with pinned notes cannot be deleted.',
  object: 'Account',
  on: ['delete'],
  async before({ id }, { unrestricted, transaction }) {
    // A note that is hidden from the caller keeps the account too.
    const [row] = await unrestricted.query<{ count: number }>(
      sql\`select count(*)::int as count from ${id}_notes
          where workspace_id = \${transaction.workspaceId}::uuid and account_id = \${id}::uuid and is_pinned and deleted_at is null\`,
    )
    const noteCount = row?.count ?? 0
    if (noteCount === 0) return undefined
    return { refusals: [userError(pinnedNotes, ['input', 'id'], 'Unpin its notes first.', { noteCount })] }
  },
})

export default definePlugin({
  id: '${id}',
  description: 'Notes on accounts.',
  version: '1.0.0',
  api: '^1.0.0',
  personalData: [],
  objects: [note],
  extend: {
    Account: {
      ${id}Notes: many({
        description: 'Notes on this account.',
        object: '${Id}Note',
        by: 'account',
      }),
    },
  },
  errors: [pinnedNotes],
  rules: [keepPinned],
})
`

/** Returns `models.prisma` of a new plugin. The columns from `version` to `deletedAt` are filled in by the platform. */
export const modelsTemplate = ({ id, Id }: TemplateNames) => `/// A note on an account.
model ${Id}Note {
  workspaceId String    @map("workspace_id") @db.Uuid
  id          String    @db.Uuid
  accountId   String    @map("account_id") @db.Uuid
  /// Text of the note.
  text        String
  /// Whether the note prevents the deletion of its account.
  isPinned    Boolean   @default(false) @map("is_pinned")
  version     Int       @default(1)
  createdAt   DateTime  @default(now()) @map("created_at") @db.Timestamptz(3)
  updatedAt   DateTime  @default(now()) @map("updated_at") @db.Timestamptz(3)
  createdById String?   @map("created_by_id") @db.Uuid
  updatedById String?   @map("updated_by_id") @db.Uuid
  deletedAt   DateTime? @map("deleted_at") @db.Timestamptz(3)
  workspace   Workspace @relation(fields: [workspaceId], references: [id], onDelete: Cascade)
  /// Account that the note is on.
  account     Account   @relation(fields: [workspaceId, accountId], references: [workspaceId, id], onDelete: Cascade)
  createdBy   Actor?    @relation(fields: [workspaceId, createdById], references: [workspaceId, id], onDelete: SetNull)
  updatedBy   Actor?    @relation(fields: [workspaceId, updatedById], references: [workspaceId, id], onDelete: SetNull)

  @@id([workspaceId, id])
  @@index([workspaceId, accountId, id])
  @@map("${id}_notes")
}
`
