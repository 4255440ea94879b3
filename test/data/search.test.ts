import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findableValues, requiredReferences, searchedModels } from './searched-models.ts'
import { createTwoWorkspaces, insert, inWorkspace, type Query, type TwoWorkspaces } from './two-workspaces.ts'

const PEOPLE = [
  {
    first_name: 'Ada',
    last_name: 'Lovelace',
    job_title: 'Engineer',
    primary_email: 'ada.lovelace@acme-motors.example',
  },
  { first_name: 'Adam', last_name: 'Smith', primary_email: 'a.smith@market.example' },
  { first_name: 'Jürgen', last_name: 'Groß', primary_email: 'jg@bau.example' },
  { first_name: 'Ὀδυσσεύς', last_name: 'Λαερτιάδης' },
  { first_name: '小龙', last_name: '李' },
  { last_name: 'Zoë_d%Arc' },
]

let data: TwoWorkspaces

beforeAll(async () => {
  data = await createTwoWorkspaces()
  await inWorkspace(data.app, data.one, async (query) => {
    for (const person of PEOPLE) await add(query, 'contacts', person)
  })
  await inWorkspace(data.app, data.other, (query) =>
    add(query, 'contacts', { workspace_id: data.other, first_name: 'Ada', last_name: 'Byron' }),
  )
})

afterAll(() => data.drop())

function add(query: Query, table: string, values: Record<string, unknown>) {
  return insert(query, table, { workspace_id: data.one, created_by_id: data.user, updated_by_id: data.user, ...values })
}

/** Last names of the contacts that the role of the server finds in the workspace, the best match first. */
async function find(text: string, workspaceId = data.one): Promise<string[]> {
  const rows = await inWorkspace(data.app, workspaceId, (query) =>
    query<{ name: string }>(
      'select c.last_name as name from contacts_search($1) s join contacts c on c.id = s.id order by s.rank desc, c.id',
      [text],
    ),
  )
  return rows.map(({ name }) => name)
}

describe('a search', () => {
  it.each([
    ['a word', 'engineer', ['Lovelace']],
    ['the beginning of a word', 'love', ['Lovelace']],
    ['one letter', 'l', ['Lovelace']],
    ['whole words before beginnings of words', 'ada', ['Lovelace', 'Smith']],
    ['words in any order', 'SMITH adam', ['Smith']],
    ['only records with every word', 'ada jurgen', []],
    ['a misspelled word', 'lovlace', ['Lovelace']],
    ['a misspelled word beside a short word', 'ada lovalace', ['Lovelace']],
    ['a word that is a little more than half similar', 'jurgan', ['Groß']],
    ['three letters inside a word', 'vel', ['Lovelace']],
    ['two letters only at the beginning of a word', 've', []],
    ['an e-mail address', 'ada.lovelace@acme-motors.example', ['Lovelace']],
    ['the host of an e-mail address', 'acme', ['Lovelace']],
    ['a part of a host', 'motors', ['Lovelace']],
    ['a host with its top-level domain', 'market.example', ['Smith']],
    ['an umlaut by a letter without dots', 'jurgen', ['Groß']],
    ['an umlaut by a capital letter', 'JÜRGEN', ['Groß']],
    ['an umlaut by a letter and a combining mark', 'ju\u0308rgen', ['Groß']],
    ['ß by ss', 'GROSS', ['Groß']],
    ['ß by ß', 'groß', ['Groß']],
    ['Greek by capitals without accents', 'ΟΔΥΣΣΕΥΣ', ['Λαερτιάδης']],
    ['Chinese', '李', ['李']],
    ['a name with wildcard characters by words without them', 'zoe d arc', ['Zoë_d%Arc']],
  ])('finds %s: "%s" gives the last names %j', async (_what, text, names) => {
    expect(await find(text)).toEqual(names)
  })

  it('ranks a record with the whole word first, then one with the beginning of a word, then one with a similar word', async () => {
    await inWorkspace(data.app, data.one, async (query) => {
      for (const name of ['Northwin Ltd', 'Northwind Traders of the South', 'Northwindow', 'Northwind'])
        await add(query, 'accounts', { name })
      const found = await query<{ name: string; rank: number }>(
        `select a.name, s.rank from accounts_search('northwind') s join accounts a on a.id = s.id order by s.rank desc`,
      )

      expect(found.map(({ name }) => name)).toEqual([
        'Northwind',
        'Northwind Traders of the South',
        'Northwindow',
        'Northwin Ltd',
      ])
      expect(found.map(({ rank }) => Math.floor(rank))).toEqual([3, 3, 2, expect.any(Number)])
      expect(found.at(-1)?.rank).toBeLessThan(2)
    })
  })

  it.each(['', ' ', '!!!', '🚀', '%', '_', `'`, `\\`, '&', ':*', '<->', '()', '"'])(
    'finds nothing for %j, which contains no word',
    async (text) => {
      expect(await find(text)).toEqual([])
    },
  )

  it.each([
    'ada%',
    'ada_',
    `ada'`,
    `'ada`,
    'ada\\',
    '\\ada',
    'ada & !x | (',
    'ada:*',
    'ada <-> ada',
    'ada"; drop table contacts; --',
    '$1 ada',
    '%1$s ada',
    '%L',
    "E'\\''",
    '🚀ada',
    'ada·ada',
    '½',
    'a'.repeat(5000),
    'ada '.repeat(500),
  ])('does not fail for %j', async (text) => {
    await expect(find(text)).resolves.toBeInstanceOf(Array)
  })

  it('does not fail for any character from U+0001 to U+3000', async () => {
    const all = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code + 1))
    for (let start = 0; start < all.length; start += 64) {
      const text = all.slice(start, start + 64).join('')
      await expect(find(`${text} ${[...text].join(' ')}`)).resolves.toBeInstanceOf(Array)
    }
  })

  it('finds a similar word only at the beginning of a long text, and an exact word anywhere in the text', async () => {
    const body = `Minutes of the meeting. ${'And so on. '.repeat(30)}Decision: postponed`
    await inWorkspace(data.app, data.one, async (query) => {
      await add(query, 'interactions', { kind: 'NOTE', body, occurred_at: new Date() })
      const count = (text: string) => query('select id from interactions_search($1)', [text])

      expect(await count('minuts')).toHaveLength(1)
      expect(await count('postponed')).toHaveLength(1)
      expect(await count('postpond')).toHaveLength(0)
    })
  })
})

describe('a search in a workspace', () => {
  it('finds only records of this workspace', async () => {
    expect(await find('ada')).toEqual(['Lovelace', 'Smith'])
    expect(await find('ada', data.other)).toEqual(['Byron'])
    expect(await find('lovelace', data.other)).toEqual([])
  })

  it('finds nothing while no workspace is set, also as the owner of the database', async () => {
    for (const client of [data.app, data.owner]) {
      await client.query('reset app.workspace_id')
      expect((await client.query(`select * from contacts_search('ada')`)).rows).toEqual([])
      await client.query(`set app.workspace_id = ''`)
      expect((await client.query(`select * from contacts_search('ada')`)).rows).toEqual([])
    }
  })

  it('ignores a temporary table with the name of a searched table', async () => {
    await inWorkspace(data.app, data.one, async (query) => {
      await query('create temporary table contacts (workspace_id uuid, id uuid, search_text text) on commit drop')

      expect(await query(`select id from contacts_search('ada')`)).toHaveLength(2)
    })
  })

  it('uses functions that have the rights of the owner and that only the role of the server may call', async () => {
    const { rows } = await data.owner.query<{ name: string; app: boolean; everybody: boolean }>(`
      select proname as name, has_function_privilege('rapport_app', oid, 'EXECUTE') as app,
        has_function_privilege('public', oid, 'EXECUTE') as everybody
      from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by 1`)

    // The functions of the job queue run so as well: test/plugins/background/jobs.test.ts.
    const names = [
      ...searchedModels.map(({ table }) => `${table}_search`),
      'rapport_add_job',
      'rapport_enqueue_job',
      'rapport_enqueue_run',
      'rapport_finish_job',
      'rapport_queued_counts',
      'rapport_queued_runs',
      'rapport_retry_job',
    ].sort()
    expect(rows).toEqual(names.map((name) => ({ name, app: true, everybody: false })))
    await expect(data.app.query(`select * from rapport_search('contacts', 'ada')`)).rejects.toThrow(
      'permission denied for function rapport_search',
    )
  })
})

describe('the search function', () => {
  it.each(searchedModels)(
    'of $table finds the beginning of a word and a similar word, on a new connection',
    async (model) => {
      const { table } = model
      const values = await findableValues(data.owner, model, 'Fabrik')
      const { id } = await inWorkspace(data.app, data.one, async (query) => {
        const references = await requiredReferences(model, async (of, row) => (await add(query, of, row))['id'])
        return add(query, table, { ...values, ...references })
      })
      const { host, port, database, user, password } = data.app
      const client = new Client({ host, port, database, user, password, options: '-c role=rapport_app' })
      await client.connect()
      try {
        for (const text of ['fabr', 'fabryk']) {
          expect(
            await inWorkspace(client, data.one, (query) => query(`select id from ${table}_search($1)`, [text])),
          ).toEqual([{ id }])
        }
      } finally {
        await client.end()
      }
    },
  )

  it('of contacts uses the two search indexes and does not scan the table', async () => {
    await inWorkspace(data.owner, data.one, (query) =>
      query(
        `insert into contacts (workspace_id, id, first_name, last_name, created_by_id, updated_by_id)
         select $1, gen_random_uuid(), md5(n::text), md5((-n)::text), $2, $2 from generate_series(1, 5000) n`,
        [data.one, data.user],
      ),
    )
    await data.owner.query('analyze contacts')
    const scans = async () => {
      // Other sessions see the counts of a session once they are flushed.
      await data.app.query('select pg_stat_force_next_flush()')
      const { rows } = await data.owner.query<{ name: string; scans: number }>(`
        select indexrelname as name, idx_scan::int as scans from pg_stat_user_indexes where relname = 'contacts'
        union all select 'none', seq_scan::int from pg_stat_user_tables where relname = 'contacts'`)
      return new Map(rows.map(({ name, scans }) => [name, scans]))
    }
    const before = await scans()
    await inWorkspace(data.app, data.one, (query) => query(`select id from contacts_search('lovlace')`))
    const after = await scans()
    const used = [...after].filter(([name, count]) => count > (before.get(name) ?? 0)).map(([name]) => name)

    expect(used.sort()).toEqual(['contacts_likeness_idx', 'contacts_words_idx'])
  })
})
