import type { TemplateNames } from './names.ts'

/** Returns the test of a new plugin. */
export const testTemplate = ({
  id,
  Id,
  ID,
}: TemplateNames) => `import { createPluginTestApp, type PluginTestApp, textAt } from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import plugin from '../plugin.ts'

let app: PluginTestApp
beforeAll(async () => {
  app = await createPluginTestApp({ plugins: [{ plugin, directory: \`\${import.meta.dirname}/..\` }] })
})
afterAll(() => app.close())

/** Creates an account with a note and returns the id of the account. */
async function createAccountWithNote(isPinned: boolean): Promise<string> {
  const member = app.as('member')
  const created = await member.must('mutation { createAccount(input: { name: "Acme" }) { account { id } } }')
  const accountId = textAt(created, 'createAccount.account.id')
  await member.must(
    \`mutation ($input: Create${Id}NoteInput!) {
      create${Id}Note(input: $input) { userErrors { message } }
    }\`,
    { input: { accountId, text: 'Call back', isPinned } },
  )
  return accountId
}

const deleteAccount = \`mutation ($id: ID!) {
  deleteAccount(input: { id: $id }) {
    userErrors { __typename code ... on ${Id}PinnedNotesError { noteCount } }
  }
}\`

describe('${id}', () => {
  it('shows the notes of an account', async () => {
    const id = await createAccountWithNote(false)
    const query = 'query ($id: ID!) { account(id: $id) { ${id}Notes { nodes { text } } } }'
    expect(await app.as('reader').must(query, { id })).toEqual({
      account: { ${id}Notes: { nodes: [{ text: 'Call back' }] } },
    })
  })

  it('refuses to delete an account with a pinned note', async () => {
    const refusal = {
      __typename: '${Id}PinnedNotesError',
      code: '${ID}_PINNED_NOTES',
      noteCount: 1,
    }
    expect(await app.as('member').must(deleteAccount, { id: await createAccountWithNote(true) })).toEqual({
      deleteAccount: { userErrors: [refusal] },
    })
    expect(await app.as('member').must(deleteAccount, { id: await createAccountWithNote(false) })).toEqual({
      deleteAccount: { userErrors: [] },
    })
  })
})
`
