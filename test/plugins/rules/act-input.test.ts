import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineAct, defineOperation, definePlugin, z } from '../../../src/plugin.ts'
import { at, textAt } from '../../../src/testing/answers.ts'
import { createPluginTestApp, type PluginTestApp } from '../../../src/testing/plugin-app.ts'

const renameAccount = defineAct({
  name: 'renameAccount',
  description: 'Changes the name of an account, and says why in its description.',
  object: 'Account',
  input: {
    name: {
      type: 'String',
      isRequired: true,
      description: 'The new name.',
      schema: z.string().trim().min(2, 'At least 2 characters.'),
    },
    on: { type: 'Date', description: 'Day of the change.' },
    reasons: { type: 'String', isList: true, defaultValue: ['Other'], description: 'Reasons.' },
  },
  apply: ({ name: old }, _context, { name, on, reasons }) => ({
    patch: { name, description: `Was ${old}${on ? ` until ${on}` : ''}: ${(reasons ?? []).join(', ')}` },
  }),
})

const plugin = definePlugin({
  id: 'renaming',
  description: 'Renames accounts.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['account:update', 'account:read'],
  acts: [renameAccount],
  operations: [
    defineOperation({
      name: 'renameTo',
      description: 'Renames an account through `records.act`.',
      permission: null,
      input: {
        id: { type: 'ID', isRequired: true, description: 'The account.' },
        values: { type: 'JSON', description: 'Input of the act.' },
      },
      payload: {},
      async run({ id, values }, { records }) {
        const { userErrors } = await records.act('renameAccount', id, Object(values))
        return { values: {}, userErrors }
      },
    }),
  ],
})

let app: PluginTestApp
beforeAll(async () => {
  app = await createPluginTestApp({ plugins: [{ plugin }] })
})
afterAll(() => app.close())

const ERRORS = 'userErrors { __typename code message path }'
const rename = `mutation ($input: RenameAccountInput!) {
  renameAccount(input: $input) { account { name description version } ${ERRORS} }
}`

async function createAccount(name: string): Promise<string> {
  const data = await app
    .as('member')
    .must('mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }', {
      input: { name },
    })
  return textAt(data, 'createAccount.account.id')
}

describe('the input of an act', () => {
  it('has the declared fields besides id and version, which apply gets with their defaults', async () => {
    const id = await createAccount('Acme')
    const first = await app
      .as('member')
      .must(rename, { input: { id, version: 1, name: ' Apex ', on: '2026-01-31', reasons: ['Sold', 'Moved'] } })
    expect(first).toEqual({
      renameAccount: {
        account: { name: 'Apex', description: 'Was Acme until 2026-01-31: Sold, Moved', version: 2 },
        userErrors: [],
      },
    })
    const second = await app.as('member').must(rename, { input: { id, version: 2, name: 'Acme' } })
    expect(at(second, 'renameAccount.account.description')).toBe('Was Apex: Other')
  })

  it('is checked by its schemas and types, and the record stays as it is', async () => {
    const id = await createAccount('Bolt')
    expect(await app.as('member').must(rename, { input: { id, version: 1, name: ' B ' } })).toEqual({
      renameAccount: {
        account: null,
        userErrors: [
          {
            __typename: 'InvalidInputError',
            code: 'INVALID',
            message: 'At least 2 characters.',
            path: ['input', 'name'],
          },
        ],
      },
    })
    const { errors } = await app.as('member').query(rename, { input: { id, version: 1 } })
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    const stale = await app.as('member').must(rename, { input: { id, version: 7, name: 'Bolts' } })
    expect(at(stale, 'renameAccount.userErrors.0.__typename')).toBe('StaleVersionError')
    expect(await app.as('member').must('query ($id: ID!) { account(id: $id) { name version } }', { id })).toEqual({
      account: { name: 'Bolt', version: 1 },
    })
  })

  it('is given to records.act, which throws for a field that does not exist', async () => {
    const id = await createAccount('Cog')
    const to = `mutation ($id: ID!, $values: JSON) { renameTo(input: { id: $id, values: $values }) { ${ERRORS} } }`
    const refused = await app.as('member').must(to, { id, values: { name: '' } })
    expect(at(refused, 'renameTo.userErrors')).toMatchObject([{ code: 'INVALID', path: ['input', 'name'] }])
    expect(await app.as('member').must(to, { id, values: { name: 'Cogs' } })).toEqual({ renameTo: { userErrors: [] } })
    const { errors } = await app.as('member').query(to, { id, values: { name: 'Cogs', nme: 'x' } })
    expect(errors).toMatchObject([{ extensions: { code: 'PLUGIN_FAILED' } }])
  })
})

it('a field of an act named id or version is refused', async () => {
  const clash = definePlugin({
    id: 'clash',
    description: 'Declares a field twice.',
    version: '1.0.0',
    api: '^1.0.0',
    acts: [
      defineAct({
        name: 'stampAccount',
        description: 'Stamps an account.',
        object: 'Account',
        input: { version: { type: 'String', description: 'Version.' } },
        apply: () => ({}),
      }),
    ],
  })
  await expect(createPluginTestApp({ plugins: [{ plugin: clash }] })).rejects.toThrow(
    'clash: StampAccountInput.version is a field that every act has already. Rename the one that stampAccount declares.',
  )
})
