import type { ModelSource } from '../../src/platform/data/models/compose-models.ts'

/** Small core models: a workspace, an account with a parent, a profile of at most one per account, and a view. */
export const CORE_MODELS = `
/// A customer of the installation.
model Workspace {
  id   String @id @db.Uuid
  slug String @unique

  @@map("workspaces")
}

/// An organisation.
/// In two lines.
model Account {
  workspaceId String       @map("workspace_id") @db.Uuid
  id          String       @db.Uuid
  /// Name of the organisation.
  name        String       @db.VarChar(80)
  type        AccountType?
  parentId    String?      @map("parent_id") @db.Uuid
  workspace   Workspace    @relation(fields: [workspaceId], references: [id], onDelete: Cascade)
  /// The organisation this one belongs to.
  parent      Account?     @relation(fields: [workspaceId, parentId], references: [workspaceId, id], onDelete: NoAction)

  @@id([workspaceId, id])
  @@map("accounts")
}

/// What an organisation is.
enum AccountType {
  /// Not yet a customer.
  PROSPECT
  CUSTOMER
}

model Profile {
  workspaceId String  @map("workspace_id") @db.Uuid
  id          String  @db.Uuid
  account     Account @relation(fields: [workspaceId, id], references: [workspaceId, id], onDelete: Cascade)

  @@id([workspaceId, id])
  @@map("profiles")
}

/// An account, read only.
view AccountView {
  workspaceId String @map("workspace_id") @db.Uuid
  id          String @unique @db.Uuid

  @@map("account_view")
}
`

export const LEGAL_MODELS = `
/// A matter that is worked on for an account.
model Matter {
  workspaceId String   @map("workspace_id") @db.Uuid
  id          String   @db.Uuid
  accountId   String?  @map("account_id") @db.Uuid
  account     Account? @relation(fields: [workspaceId, accountId], references: [workspaceId, id], onDelete: SetNull)

  @@id([workspaceId, id])
  @@map("legal_matters")
}
`

/** The models of core or of a plugin in one file, `models.prisma`. */
export function source(owner: string, text: string): ModelSource {
  return { pluginId: owner, files: [{ path: 'models.prisma', text }] }
}
