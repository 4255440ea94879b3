import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineUserError } from '../../../src/platform/declare/rules/user-errors.ts'
import { removePlugin } from '../../../src/platform/plugins/lifecycle/remove-plugin.ts'
import { checkStatements } from '../../../src/platform/plugins/statements/check-statements.ts'
import { type PluginText, pluginFiles } from '../lifecycle/plugins.ts'
import { composer, error, one } from '../schema/compose-plugins.ts'
import { type Corpus, expectCore, expectRefused, openCorpus } from './corpus.ts'

let corpus: Corpus
beforeAll(async () => {
  corpus = await openCorpus()
})
afterAll(() => corpus.close())

const withSql = (sql: string, more = ''): PluginText => ({ migrations: { '0002_more.sql': sql }, more })

describe('the SQL of a plugin', () => {
  it('may create a trusted extension and an exclusion constraint, which a removal drops, but not the extension', async () => {
    const sql = `CREATE EXTENSION IF NOT EXISTS btree_gist;
      ALTER TABLE lets_gifts ADD CONSTRAINT lets_gifts_title_excl EXCLUDE USING gist (workspace_id WITH =, title WITH =);`
    const constraints = `constraints: { lets_gifts_title_excl: { message: 'It exists.' } },`
    await corpus.write(pluginFiles('lets', withSql(sql, constraints)))
    await corpus.add('lets')
    await corpus.write(pluginFiles('also', withSql(sql.replaceAll('lets_', 'also_'))))
    await corpus.add('also')
    for (const id of ['lets', 'also']) await removePlugin(corpus.installation, id, { mode: 'drop' })
    const { rows } = await corpus.app.database.ownerPool.query(
      `select extname from pg_extension where extname = 'btree_gist'`,
    )
    expect(rows).toEqual([{ extname: 'btree_gist' }])
    await expectCore(corpus.app)
  })

  it.each([
    ['CREATE EXTENSION file_fdw', /it creates the extension file_fdw\. A plugin may create btree_gin, btree_gist/],
    ['CREATE EXTENSION btree_gist', /in another way than CREATE EXTENSION IF NOT EXISTS btree_gist/],
    ['CREATE EXTENSION IF NOT EXISTS citext CASCADE', /in another way than CREATE EXTENSION IF NOT EXISTS citext/],
    ['DROP EXTENSION btree_gist', /btree_gist is not the plugin's own/],
  ])('is refused: %s', async (sql, reason) => {
    await expect(checkStatements({ id: 'bad', reads: [], file: '0001_init.sql', sql })).rejects.toThrow(reason)
  })

  it.each([
    [
      'a unique index without workspace_id, which would show records of other workspaces',
      'spans',
      withSql('CREATE UNIQUE INDEX spans_title ON spans_gifts (title);'),
      /spans_title of spans_gifts leaves out workspace_id, so that records of different workspaces exclude each other/,
    ],
    [
      'a unique constraint that has workspace_id only under INCLUDE',
      'holds',
      withSql('ALTER TABLE holds_gifts ADD CONSTRAINT holds_title_key UNIQUE (title) INCLUDE (workspace_id);'),
      /holds_title_key of holds_gifts leaves out workspace_id/,
    ],
    [
      'an exclusion constraint without workspace_id',
      'bars',
      withSql(
        'CREATE EXTENSION IF NOT EXISTS btree_gist; ALTER TABLE bars_gifts ADD CONSTRAINT bars_excl EXCLUDE USING gist (title WITH =);',
      ),
      /bars_excl of bars_gifts leaves out workspace_id/,
    ],
    [
      'no constraint for which the plugin declares a message',
      'misses',
      withSql('-- nothing', `constraints: { misses_gifts_excl: { message: 'It exists.' } },`),
      /the plugin declares a message for the constraint misses_gifts_excl, which no migration creates/,
    ],
  ])('is refused when it creates %s', async (_what, folder, given, reason) => {
    await expectRefused(corpus, folder, pluginFiles(folder, given), { reason, onlyByAdd: true })
  })
})

describe('composing a plugin is refused for a declared constraint', () => {
  const message = 'It exists.'
  const detailed = defineUserError({
    ...error('DetailedError', 'DETAILED'),
    fields: { n: { type: 'Int', description: 'N.' } },
  })

  it.each([
    [
      'of another plugin',
      { constraints: { accounts_pkey: { message } } },
      /accounts_pkey, which is not the plugin's own/,
    ],
    [
      'with an error that is not among its errors',
      { constraints: { one_key: { message, error: error('OneError', 'ONE') } } },
      /the error OneError, which is not among the plugin's `errors`/,
    ],
    [
      'with an error that has a required field',
      { errors: [detailed], constraints: { one_key: { message, error: detailed } } },
      /whose field n is required/,
    ],
  ])('%s', async (_what, parts, reason) => {
    const compose = await composer()
    expect(() => compose(one(parts))).toThrow(reason)
  })
})
