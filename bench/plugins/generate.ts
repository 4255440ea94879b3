import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { definePlugin, many, type ObjectDeclaration, type Plugin } from '../../src/plugin.ts'

/** Number of object types that each generated plugin adds. */
export const TYPES_PER_PLUGIN = 5

/** A generated plugin and the folder of its models and migrations. */
export interface GeneratedPlugin {
  readonly plugin: Plugin
  readonly directory: string
}

/**
 * Generates plugins like those for an industry: each has five objects with their own tables, all writes, and fields on
 * Account.
 */
export function generatePlugins(count: number): GeneratedPlugin[] {
  const root = mkdtempSync(join(tmpdir(), 'rapport-bench-plugins-'))
  return Array.from({ length: count }, (_, index) => generatePlugin(root, `bench${index + 1}`))
}

function generatePlugin(root: string, id: string): GeneratedPlugin {
  const directory = join(root, id)
  mkdirSync(join(directory, 'migrations'), { recursive: true })
  const names = Array.from({ length: TYPES_PER_PLUGIN }, (_, index) => `${capital(id)}Thing${letter(index)}`)
  writeFileSync(join(directory, 'models.prisma'), names.map((name) => model(id, name)).join('\n'))
  writeFileSync(join(directory, 'migrations/0001_init.sql'), names.map((name) => table(id, name)).join('\n'))
  const plugin = definePlugin({
    id,
    description: 'A generated plugin.',
    version: '1.0.0',
    api: '^1.0.0',
    // Not `defineObject`: its types contain only the models of committed model files.
    objects: names.map(
      (name): ObjectDeclaration => ({
        model: name,
        prefix: prefixOf(name),
        plural: `${uncapital(name)}s`,
        columns: { name: {}, amount: {}, note: {}, happenedAt: {} },
        relations: { account: {} },
        writes: ['create', 'update', 'delete', 'restore'],
      }),
    ),
    extend: {
      Account: Object.fromEntries(
        names.map((name) => [
          `${uncapital(name)}s`,
          many({ description: `All records of ${name} of the account.`, object: name, by: 'account' }),
        ]),
      ),
    },
  })
  return { plugin, directory }
}

function model(id: string, name: string): string {
  return `/// A record of a generated plugin.
model ${name} {
  workspaceId String @map("workspace_id") @db.Uuid
  id String @db.Uuid
  /// The name.
  name String
  /// An amount.
  amount Int?
  /// A note.
  note String?
  /// When it happened.
  happenedAt DateTime? @map("happened_at") @db.Timestamptz(3)
  accountId String? @map("account_id") @db.Uuid
  version Int @default(1)
  createdAt DateTime @default(now()) @map("created_at") @db.Timestamptz(3)
  updatedAt DateTime @default(now()) @map("updated_at") @db.Timestamptz(3)
  createdById String @map("created_by_id") @db.Uuid
  updatedById String @map("updated_by_id") @db.Uuid
  deletedAt DateTime? @map("deleted_at") @db.Timestamptz(3)
  workspace Workspace @relation(fields: [workspaceId], references: [id], onDelete: Cascade)
  account Account? @relation(fields: [workspaceId, accountId], references: [workspaceId, id], onDelete: SetNull)
  createdBy Actor @relation(fields: [workspaceId, createdById], references: [workspaceId, id], onDelete: Cascade)
  updatedBy Actor @relation(fields: [workspaceId, updatedById], references: [workspaceId, id], onDelete: Cascade)

  @@id([workspaceId, id])
  @@index([workspaceId, accountId])
  @@map("${tableName(id, name)}")
}
`
}

function table(id: string, name: string): string {
  const quoted = `"${tableName(id, name)}"`
  return `CREATE TABLE ${quoted} (
  "workspace_id" uuid NOT NULL REFERENCES "workspaces"("id") ON DELETE CASCADE, "id" uuid NOT NULL, "name" text NOT NULL,
  "amount" int, "note" text, "happened_at" timestamptz(3), "account_id" uuid, "version" int NOT NULL DEFAULT 1,
  "created_at" timestamptz(3) NOT NULL DEFAULT now(), "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
  "created_by_id" uuid NOT NULL, "updated_by_id" uuid NOT NULL, "deleted_at" timestamptz(3),
  PRIMARY KEY ("workspace_id", "id"),
  FOREIGN KEY ("workspace_id", "account_id") REFERENCES "accounts"("workspace_id", "id") ON DELETE SET NULL ("account_id"),
  FOREIGN KEY ("workspace_id", "created_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE,
  FOREIGN KEY ("workspace_id", "updated_by_id") REFERENCES "actors"("workspace_id", "id") ON DELETE CASCADE
);
CREATE INDEX ON ${quoted} ("workspace_id", "account_id");
ALTER TABLE ${quoted} ENABLE ROW LEVEL SECURITY;
CREATE POLICY "workspace" ON ${quoted}
  USING ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (select nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON ${quoted} TO rapport_app;`
}

function tableName(id: string, name: string): string {
  return `${id}_${name.slice(id.length).toLowerCase()}s`
}

/**
 * Returns the prefix of an object's record ids. It must contain only letters: `benchcthinga` is the prefix of the first
 * object of the plugin `bench2`.
 */
function prefixOf(name: string): string {
  return name.toLowerCase().replaceAll(/\d/g, (digit) => letter(Number(digit)).toLowerCase())
}

function letter(index: number): string {
  return String.fromCharCode(65 + index)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function uncapital(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
