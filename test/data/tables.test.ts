import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  addWorkspace,
  createTwoWorkspaces,
  insert,
  inWorkspace,
  type Query,
  type TwoWorkspaces,
} from './two-workspaces.ts'

let data: TwoWorkspaces

beforeAll(async () => {
  data = await createTwoWorkspaces()
})

afterAll(() => data.drop())

/** Runs `run` with the role of the server in the first workspace. */
function work<Result>(run: (query: Query) => Promise<Result>): Promise<Result> {
  return inWorkspace(data.app, data.one, run)
}

/** Inserts a record, in the first workspace unless `values` has another. */
function add(query: Query, table: string, values: Record<string, unknown>) {
  return insert(query, table, { workspace_id: data.one, created_by_id: data.user, updated_by_id: data.user, ...values })
}

describe('foreign keys', () => {
  it('refuse a reference into another workspace', async () => {
    const far = await inWorkspace(data.owner, data.other, (query) =>
      add(query, 'accounts', { workspace_id: data.other, name: 'Far' }),
    )

    await expect(work((query) => add(query, 'accounts', { name: 'Near', parent_id: far.id }))).rejects.toThrow(
      'accounts_workspace_id_parent_id_fkey',
    )
  })

  it('do not prevent the deletion of a workspace together with the records in it', async () => {
    const own = { workspace_id: uuidv7() }
    await inWorkspace(data.owner, own.workspace_id, async (query) => {
      await addWorkspace(query, own.workspace_id, 'short-lived', data.user)
      const contact = await add(query, 'contacts', { ...own, last_name: 'Byron' })
      const call = await add(query, 'interactions', { ...own, kind: 'CALL', occurred_at: new Date() })
      const took = { interaction_id: call.id, contact_id: contact.id, user_id: data.user }
      await insert(query, 'interaction_participants', { ...own, ...took })
      await query('set constraints all deferred')
      await query('delete from workspaces where id = $1', [own.workspace_id])

      expect(await query('select * from contacts')).toEqual([])
    })
  })
})

describe('the database computes', () => {
  it('the search text, without accents and in lower case', async () => {
    await work(async (query) => {
      const account = await add(query, 'accounts', { name: 'Société Générale', industry: 'Straßenbau' })
      const note = await add(query, 'interactions', { kind: 'NOTE', body: 'Ä'.repeat(3000), occurred_at: new Date() })

      expect(account.search_text).toMatch(/^societe generale strassenbau/)
      expect(note.search_text).toMatch(/^ a{2000}$/)
    })
  })

  it('the full name of a contact', async () => {
    await work(async (query) => {
      expect((await add(query, 'contacts', { first_name: 'Ada', last_name: 'King' })).full_name).toBe('Ada King')
      expect((await add(query, 'contacts', { last_name: 'King' })).full_name).toBe('King')
    })
  })

  it('the position of a change in the log', async () => {
    await work(async (query) => {
      const [change] = await query(
        `insert into changes (workspace_id, actor_id, operation, type, record_id, changed_fields)
         values ($1, $2, 'CREATED', 'Account', $2, '{name}')
         returning seq, xid::text = pg_current_xact_id()::text as is_current`,
        [data.one, data.user],
      )

      expect(change).toEqual({ seq: expect.stringMatching(/^\d+$/), is_current: true })
    })
  })
})

describe('a relationship', () => {
  it('appears once for each of the two records, with different ids, until the relationship is deleted', async () => {
    await work(async (query) => {
      const type = await add(query, 'relationship_types', { name: 'parent of', inverse_name: 'child of' })
      const [parent, child] = [uuidv7(), uuidv7()]
      const { id } = await add(query, 'relationships', {
        type_id: type.id,
        from_type: 'Contact',
        from_id: parent,
        to_type: 'Contact',
        to_id: child,
      })

      expect(
        await query('select id, self_id, other_id, name, inverse_name from relationship_sides order by id'),
      ).toEqual([
        { id, self_id: parent, other_id: child, name: 'parent of', inverse_name: 'child of' },
        { id: asSecondSide(id), self_id: child, other_id: parent, name: 'child of', inverse_name: 'parent of' },
      ])
      await query('update relationships set deleted_at = now()')
      expect(await query('select * from relationship_sides')).toEqual([])
    })
  })
})

function asSecondSide(id: string): string {
  return `${id.slice(0, 14)}8${id.slice(15)}`
}

describe('constraints', () => {
  const self = uuidv7()
  const alone = { name: 'A' }

  it.each([
    [
      'an account that is its own parent',
      'accounts',
      { ...alone, id: self, parent_id: self },
      'accounts_parent_id_check',
    ],
    ['a negative number of employees', 'accounts', { ...alone, employee_count: -1 }, 'accounts_employee_count_check'],
    ['money without a currency', 'accounts', { ...alone, annual_revenue_amount: '1' }, 'accounts_annual_revenue_check'],
  ])('refuse %s', async (_what, table, values, constraint) => {
    await expect(work((query) => add(query, table, values))).rejects.toThrow(constraint)
  })

  it('refuse a user whose e-mail address has capital letters', async () => {
    const ada = { workspace_id: data.one, kind: 'USER', display_name: 'Ada', email: 'Ada@demo.example' }

    await expect(work((query) => insert(query, 'actors', ada))).rejects.toThrow('actors_email_check')
  })

  it('allow a new team to have the name of a deleted team, but not of another team', async () => {
    await work((query) => add(query, 'teams', { name: 'Support', deleted_at: new Date() }))
    await work((query) => add(query, 'teams', { name: 'Support' }))

    await expect(work((query) => add(query, 'teams', { name: 'Support' }))).rejects.toThrow(
      'teams_workspace_id_name_key',
    )
  })

  it('allow a sourceId only once for interactions of one source', async () => {
    const mail = { kind: 'EMAIL', occurred_at: new Date(), source: 'gmail', source_id: '1' }
    await work((query) => add(query, 'interactions', mail))

    await expect(work((query) => add(query, 'interactions', mail))).rejects.toThrow(
      'interactions_workspace_id_source_source_id_key',
    )
  })
})
