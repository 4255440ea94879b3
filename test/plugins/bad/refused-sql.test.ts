import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removePlugin } from '../../../src/platform/plugins/lifecycle/remove-plugin.ts'
import { usablePlugins } from '../../../src/platform/plugins/lifecycle/usable-plugins.ts'
import { checkStatements } from '../../../src/platform/plugins/statements/check-statements.ts'
import { type PluginText, pluginFiles, protectionSql, tableSql } from '../lifecycle/plugins.ts'
import { type Corpus, expectCore, expectPlanRefuses, expectRefused, openCorpus } from './corpus.ts'
import { stateChanges } from './database-state.ts'

let corpus: Corpus
beforeAll(async () => {
  corpus = await openCorpus()
  await corpus.write(pluginFiles('good'))
  await corpus.add('good')
})
afterAll(() => corpus.close())

const withSql = (sql: string): PluginText => ({ migrations: { '0002_bad.sql': sql } })
const TABLE = (table: string) => `CREATE TABLE ${table} (workspace_id uuid NOT NULL, id uuid NOT NULL);`

describe('adding a plugin is refused when its SQL', () => {
  it.each<[what: string, folder: string, given: PluginText, reason: RegExp]>([
    [
      'adds a column to a core table',
      'widens',
      withSql('ALTER TABLE accounts ADD COLUMN x int;'),
      /0002_bad\.sql of plugin widens, line 1: accounts is not/,
    ],
    ['ends the transaction', 'commits', withSql('COMMIT;'), /0002_bad.sql of commits has a COMMIT statement/],
    [
      'drops a core table in remove.sql',
      'razes',
      { remove: 'DROP TABLE razes_gifts, accounts;' },
      /remove\.sql of plugin razes, line 1: accounts is not/,
    ],
    ['is not valid SQL', 'garbles', withSql('CREATE TABEL x;'), /0002_bad\.sql of plugin garbles is not valid SQL/],
    [
      'skips a migration number',
      'skips',
      { migrations: { '0003_bad.sql': 'ALTER TABLE skips_gifts ADD COLUMN x int;' } },
      /0002|number/,
    ],
    [
      'creates a table without row-level security',
      'opens',
      withSql(`${TABLE('opens_x')}\nGRANT SELECT ON opens_x TO rapport_app;`),
      /the table opens_x has no row-level security/,
    ],
    [
      'creates a table without workspace_id',
      'roams',
      withSql('CREATE TABLE roams_x (id uuid);\nGRANT SELECT ON roams_x TO rapport_app;'),
      /the table roams_x has no column workspace_id/,
    ],
    [
      'grants TRUNCATE',
      'empties',
      withSql('GRANT TRUNCATE ON empties_gifts TO rapport_app;'),
      /empties_gifts grants more than/,
    ],
    [
      'prevents core from deleting records',
      'holds',
      {
        migrations: {
          '0001_init.sql': tableSql('holds').replace('ON DELETE SET NULL ("contact_id")', 'ON DELETE RESTRICT'),
        },
      },
      /keeps contacts from deleting its records/,
    ],
    [
      'has NO ACTION on a relation to contacts, which is allowed only for actors',
      'clings',
      {
        migrations: {
          '0001_init.sql': tableSql('clings').replace('ON DELETE SET NULL ("contact_id")', 'ON DELETE NO ACTION'),
        },
      },
      /keeps contacts from deleting its records/,
    ],
    [
      'uses an unknown type',
      'fails',
      withSql('ALTER TABLE fails_gifts ADD COLUMN x nosuchtype;'),
      /0002_bad\.sql of plugin fails, line 1: there is no type nosuchtype\. Correct the migration/,
    ],
    [
      'has a foreign key without workspace_id',
      'leaks',
      withSql(
        'CREATE UNIQUE INDEX leaks_u ON leaks_gifts (id);\nALTER TABLE leaks_gifts ADD COLUMN of_id uuid REFERENCES leaks_gifts (id);',
      ),
      /leaves out workspace_id/,
    ],
    [
      "creates other columns than the plugin's models declare",
      'differs',
      { migrations: { '0001_init.sql': tableSql('differs').replace('"title" TEXT', '"titel" TEXT') } },
      /differs_gifts.*title/,
    ],
  ])('%s', async (_what, folder, given, reason) => {
    await expectRefused(corpus, folder, pluginFiles(folder, given), { reason })
  })

  it('adds a column to a core table, which `rapport plugin plan` reports too', () =>
    expectPlanRefuses(corpus, 'widens', /0002_bad\.sql of plugin widens, line 1: accounts is not/))

  it('has no remove.sql', async () => {
    const { 'plugins/forgets/remove.sql': _, ...files } = pluginFiles('forgets')
    await expectRefused(corpus, 'forgets', files, { reason: /forgets has migrations and no remove\.sql/ })
  })

  it.each<[what: string, folder: string, given: PluginText, reason: RegExp]>([
    [
      'fails half-way',
      'stumbles',
      withSql(`${TABLE('stumbles_x')}\n${protectionSql('stumbles_x')}\nINSERT INTO stumbles_gifts (id) VALUES (1/0);`),
      /0002_bad\.sql of stumbles failed/,
    ],
    [
      'creates a policy that allows every row',
      'relaxes',
      withSql(`${TABLE('relaxes_x')}\n${protectionSql('relaxes_x').replaceAll(/\("workspace_id" = .*\)/g, '(true)')}`),
      /the table relaxes_x has no row-level security with the policy "workspace"/,
    ],
  ])('%s, which is found only when the SQL runs', async (_what, folder, given, reason) => {
    await expectRefused(corpus, folder, pluginFiles(folder, given), { reason, onlyByAdd: true })
  })
})

describe('the SQL of a plugin', () => {
  it.each([
    'CREATE TRIGGER bad_t BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION bad_f()',
    'CREATE TRIGGER bad_t BEFORE INSERT ON bad_x FOR EACH ROW EXECUTE FUNCTION other_f()',
    'CREATE POLICY bad_p ON accounts USING (true)',
    'CREATE INDEX bad_i ON accounts (name)',
    'CREATE RULE bad_r AS ON INSERT TO accounts DO INSTEAD NOTHING',
    'CREATE TABLE bad_x () INHERITS (accounts)',
    'CREATE TABLE bad_x PARTITION OF accounts DEFAULT',
    'CREATE TABLE good_x (id int)',
    'CREATE TABLE other.bad_x (id int)',
    'CREATE UNLOGGED TABLE bad_x (id int)',
    'CREATE TABLE bad_x AS SELECT * FROM accounts',
    'CREATE VIEW bad_v AS SELECT * FROM accounts',
    'CREATE VIEW bad_v WITH (security_invoker = false) AS SELECT * FROM accounts',
    'ALTER VIEW bad_v RESET (security_invoker)',
    'GRANT SELECT ON accounts TO PUBLIC',
    'GRANT ALL ON bad_x TO PUBLIC',
    'REVOKE ALL ON accounts FROM rapport_app',
    'ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC',
    'ALTER ROLE rapport_app BYPASSRLS',
    'SET ROLE postgres',
    "SET app.workspace_id = ''",
    'CREATE EXTENSION dblink',
    'CREATE EVENT TRIGGER bad_e ON ddl_command_start EXECUTE FUNCTION bad_f()',
    'ALTER TABLE bad_x DISABLE ROW LEVEL SECURITY',
    'ALTER TABLE bad_x OWNER TO rapport_app',
    'ALTER TABLE bad_x RENAME TO accounts2',
    'DROP TABLE bad_x CASCADE',
    'DROP POLICY workspace ON accounts',
    'DROP FUNCTION rapport_add_job',
    'TRUNCATE accounts',
    "COPY bad_x FROM PROGRAM 'id'",
    'DO $$ BEGIN DELETE FROM accounts; END $$',
    "UPDATE accounts SET name = 'x'",
    'WITH gone AS (DELETE FROM contacts RETURNING id) INSERT INTO bad_x SELECT id FROM gone',
    'INSERT INTO bad_x SELECT id FROM good_gifts',
    "INSERT INTO bad_x SELECT pg_read_file('/etc/passwd')",
    "INSERT INTO bad_x SELECT rapport_add_job('x', '{}', now(), 'x')",
    "CREATE FUNCTION bad_f() RETURNS text LANGUAGE sql AS $$ SELECT pg_read_file('/etc/passwd') $$",
    'CREATE FUNCTION bad_f() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM good_gifts $$',
    'CREATE FUNCTION bad_f() RETURNS bigint LANGUAGE sql RETURN (SELECT count(*) FROM good_gifts)',
    'CREATE FUNCTION bad_f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM count(*) FROM good_gifts; END $$',
    'CREATE FUNCTION bad_f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(9); END $$',
    "CREATE FUNCTION bad_f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE accounts'; END $$",
    "CREATE FUNCTION bad_f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    'CREATE FUNCTION bad_f() RETURNS void LANGUAGE plpython3u AS $$ pass $$',
  ])('is refused: %s', async (sql) => {
    const refused = checkStatements({ id: 'bad', reads: ['accounts', 'contacts'], file: '0001_init.sql', sql })
    await expect(refused).rejects.toThrow(/0001_init\.sql of plugin bad, line 1: \S/)
  })

  it.each<[sql: string, reason: string]>([
    ['DROP TABLE accounts;', "accounts is not the plugin's own"],
    ["UPDATE accounts SET name = 'x';", "accounts is not the plugin's own"],
    [
      'WITH gone AS (DELETE FROM contacts RETURNING id) INSERT INTO bad_gifts (id) SELECT id FROM gone;',
      "contacts is not the plugin's own",
    ],
    ['DO $$ BEGIN DROP TABLE accounts; END $$;', "a plugin's SQL has no DO statement"],
    ['GRANT ALL ON accounts TO PUBLIC;', 'it grants rights to another role'],
    ['CREATE FUNCTION bad_f() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$;', 'is not SECURITY DEFINER'],
  ])('is refused, with the reason in the message: %s', async (sql, reason) => {
    const refused = checkStatements({ id: 'bad', reads: [], file: '0002_bad.sql', sql })
    await expect(refused).rejects.toThrow(reason)
  })

  it.each([
    'CREATE FUNCTION bad_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.a IS DISTINCT FROM OLD.a THEN NEW.y := extract(year from NEW.at); END IF; RETURN NEW; END $$',
    'CREATE FUNCTION bad_f(a bad_x) RETURNS bigint LANGUAGE sql STABLE AS $$ WITH x AS (SELECT 1) SELECT count(*) FROM x, bad_x, accounts $$',
    'CREATE VIEW bad_v WITH (security_invoker) AS SELECT * FROM accounts',
    'CREATE VIEW bad_v WITH (security_invoker = on) AS SELECT * FROM accounts',
  ])('is allowed: %s', async (sql) => {
    await expect(
      checkStatements({ id: 'bad', reads: ['accounts'], file: '0001_init.sql', sql }),
    ).resolves.toBeUndefined()
  })
})

describe('an installed plugin', () => {
  it('is not usable while a migration file differs from the migration that was applied', async () => {
    await corpus.write(pluginFiles('edits'))
    await corpus.add('edits')
    const before = await corpus.state()
    const usable = async () =>
      usablePlugins(corpus.app.database.ownerPool, corpus.installation.core, corpus.installation.configPath)
    expect((await usable()).usable.map(({ plugin }) => plugin.id)).toEqual(['edits', 'good'])
    await corpus.write({ 'plugins/edits/migrations/0001_init.sql': `${tableSql('edits')}-- edited\n` })
    const { usable: left, refused } = await usable()
    expect(left.map(({ plugin }) => plugin.id)).toEqual(['good'])
    expect(refused).toMatchObject([
      { id: 'edits', reason: expect.stringMatching(/0001_init.*edits.*(edited|changed)/) },
    ])
    expect(await corpus.plan('edits')).toMatch(/0001_init.*edits.*(edited|changed)/)
    expect(stateChanges(before, await corpus.state())).toEqual([])
    await corpus.write({ 'plugins/edits/migrations/0001_init.sql': tableSql('edits') })
    expect((await usable()).usable).toHaveLength(2)
    await removePlugin(corpus.installation, 'edits', { mode: 'drop' })
    await expectCore(corpus.app)
  })

  it('keeps all its tables when its removal is refused because remove.sql leaves a table', async () => {
    await corpus.write(pluginFiles('leaves', { remove: '-- nothing\n' }))
    await corpus.add('leaves')
    const before = await corpus.state()
    const removal = { mode: 'drop' } as const
    await expect(removePlugin(corpus.installation, 'leaves', removal)).rejects.toThrow(
      /remove\.sql of leaves.*leaves leaves_gifts/,
    )
    expect(stateChanges(before, await corpus.state())).toEqual([])
    await corpus.write(pluginFiles('leaves'))
    await removePlugin(corpus.installation, 'leaves', removal)
    await expectCore(corpus.app)
  })
})
