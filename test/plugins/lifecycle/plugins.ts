/** The texts of a plugin's files that differ from the default. */
export interface PluginText {
  readonly id?: string
  readonly version?: string
  /** More properties of the plugin. */
  readonly more?: string
  /** Code before the plugin. */
  readonly first?: string
  /** Migrations that replace `0001_init.sql` or are added. */
  readonly migrations?: Readonly<Record<string, string>>
  readonly remove?: string
}

/** The SQL that `rapport plugin migration` writes for the model of `pluginFiles`. */
export function tableSql(id: string, table = `${id}_gifts`): string {
  return `-- CreateTable
CREATE TABLE "${table}" (
    "workspace_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "contact_id" UUID,

    CONSTRAINT "${table}_pkey" PRIMARY KEY ("workspace_id","id")
);

-- AddForeignKey
ALTER TABLE "${table}" ADD CONSTRAINT "${table}_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "${table}" ADD CONSTRAINT "${table}_workspace_id_contact_id_fkey" FOREIGN KEY ("workspace_id", "contact_id") REFERENCES "contacts"("workspace_id", "id") ON DELETE SET NULL ("contact_id") ON UPDATE CASCADE;

${protectionSql(table)}
`
}

/** The SQL of the row-level security that limits a table to its workspace. */
export function protectionSql(table: string): string {
  const current = `"workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid)`
  return `-- RowLevelSecurity
ALTER TABLE "${table}" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON "${table}"
  USING (${current})
  WITH CHECK (${current});
GRANT SELECT, INSERT, UPDATE, DELETE ON "${table}" TO rapport_app;`
}

/** The files of a plugin with one object and table of gifts, whose names begin with the plugin's id. */
export function pluginFiles(folder: string, given: PluginText = {}): Record<string, string> {
  const { id = folder, version = '1.0.0', more = '', first = '' } = given
  const name = `${id.slice(0, 1).toUpperCase()}${id.slice(1)}Gift`
  const migrations = { '0001_init.sql': tableSql(id), ...given.migrations }
  return {
    [`plugins/${folder}/plugin.ts`]: `import { definePlugin } from 'rapport/plugin'
${first}
export default definePlugin({
  id: '${id}',
  description: 'Gifts.',
  version: '${version}',
  api: '^1.0.0',
  objects: [{ model: '${name}', prefix: '${id}gift', plural: '${id}Gifts', columns: { title: {} }, relations: { contact: {} }, writes: ['create'] }],
  ${more}
})
`,
    [`plugins/${folder}/models.prisma`]: `/// A gift.
model ${name} {
  workspaceId String    @map("workspace_id") @db.Uuid
  id          String    @db.Uuid
  /// What it is.
  title       String
  contactId   String?   @map("contact_id") @db.Uuid
  workspace   Workspace @relation(fields: [workspaceId], references: [id], onDelete: Cascade)
  contact     Contact?  @relation(fields: [workspaceId, contactId], references: [workspaceId, id], onDelete: SetNull)

  @@id([workspaceId, id])
  @@map("${id}_gifts")
}
`,
    ...Object.fromEntries(
      Object.entries(migrations).map(([file, sql]) => [`plugins/${folder}/migrations/${file}`, sql]),
    ),
    [`plugins/${folder}/remove.sql`]: given.remove ?? `DROP TABLE "${id}_gifts";\n`,
  }
}
