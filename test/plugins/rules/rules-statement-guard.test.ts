import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { readModelFiles } from '../../../src/platform/data/models/compose-models.ts'
import { type Models, readModels } from '../../../src/platform/data/models/models.ts'
import { definePlugin } from '../../../src/platform/declare/plugin.ts'
import { checkExpression, checkStatement } from '../../../src/platform/sandbox/statement-guard.ts'

const ledger = definePlugin({
  id: 'ledger',
  description: 'Lines.',
  version: '1.0.0',
  api: '^1.0.0',
  reads: ['contacts', 'plugin_activations'],
})
let models: Models

beforeAll(async () => {
  models = readModels([await readModelFiles('core', fileURLToPath(new URL('../../../prisma/models', import.meta.url)))])
})

const check = (text: string) => checkStatement(text, ledger, models)

describe('an SQL statement of a plugin', () => {
  it.each([
    ['select * from ledger_lines where workspace_id = $1', false],
    ['with mine as (select id from ledger_lines) select c.id from contacts c join mine on mine.id = c.id;', false],
    ["select 'delete from accounts; drop table x' as text from ledger_lines -- from accounts", false],
    ['select /* accounts */ count(*) as accounts from ledger_lines', false],
    ['insert into ledger_lines (id) select id from contacts on conflict (id) do update set text = $1', true],
    ['update only public.ledger_lines set text = $1 where id = $2 returning text', true],
    ['with gone as (delete from ledger_lines returning id) select count(*) from gone', true],
    ['select * from ledger_lines for no key update', false],
    ['merge into ledger_lines l using contacts c on c.id = l.id when matched then update set text = c.last_name', true],
  ])('is allowed: %s', (text, isWrite) => {
    expect(check(text)).toEqual({ isWrite })
  })

  it('is checked once, also after more statements than are cached', () => {
    for (let index = 0; index < 1_100; index++) check(`select ${index} from ledger_lines`)
    const text = 'select text from ledger_lines'
    expect(check(text)).toBe(check(text))
  })

  it.each([
    ['select * from accounts', /reads accounts of core.*Name accounts under `reads`/],
    ['select * from ledger_lines, accounts a', /reads accounts/],
    ['select * from public."accounts"', /reads accounts/],
    ['select * from plugin_activations', /plugin_activations.*closed/],
    ['select * from signing_keys', /signing_keys.*closed/],
    ['update contacts set last_name = $1', /writes contacts/],
    ['insert into contacts (id) values ($1)', /writes contacts/],
    ['with x as (delete from contacts returning id) select * from x', /writes contacts/],
    ['merge into contacts using ledger_lines on true when matched then delete', /writes contacts/],
    ['insert into other_lines (id) values ($1)', /writes other_lines/],
    ['select * from contacts for update', /locks rows and reads contacts/],
    ['select 1; delete from ledger_lines', /more than one/],
    ['truncate ledger_lines', /begins with truncate/],
    ['drop table ledger_lines', /begins with drop/],
    ['lock table ledger_lines', /begins with lock/],
    ['set role postgres', /begins with set/],
    ['reset role', /begins with reset/],
    ['do $$ begin delete from accounts; end $$', /begins with do/],
    ["copy ledger_lines to '/tmp/x'", /begins with copy/],
    ['select * into ledger_more from ledger_lines', /creates a table/],
    ["select set_config('app.workspace_id', $1, true)", /names set_config/],
    ["select pg_read_file('/etc/passwd')", /names pg_read_file/],
    ['select pg_sleep(100)', /names pg_sleep/],
    ["select query_to_xml('select * from accounts', true, true, '')", /names query_to_xml/],
    ['select * from "pg_authid"', /names pg_authid/],
    ['select * from information_schema.tables', /names information_schema/],
    ['', /begins with nothing/],
  ])('is refused: %s', (text, why) => {
    expect(() => check(text)).toThrow(why)
    expect(() => check(text)).toThrow(/plugin ledger/)
  })

  it('that is part of a field or condition may only read, and only from tables that the plugin may read', () => {
    expect(() =>
      checkExpression('(select count(*) from ledger_lines l where l.id = t1.id)', ledger, models),
    ).not.toThrow()
    expect(() => checkExpression('(select count(*) from accounts)', ledger, models)).toThrow(/reads accounts/)
    expect(() => checkExpression('with x as (delete from ledger_lines) select 1', ledger, models)).toThrow(/writes/)
  })
})
