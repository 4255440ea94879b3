import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { coreParts } from '../../../src/core.ts'
import { newPlugin } from '../../../src/platform/plugins/authoring/new-plugin.ts'
import { type AuthorFolder, makeAuthorFolder, placeOf } from './author-folder.ts'
import { check } from './checks.ts'

const CHECK = 'shows callers only what they may see'

let author: AuthorFolder
let folder: string
beforeAll(async () => {
  author = await makeAuthorFolder()
  const created = join(author.path, 'plugins', 'memo')
  await newPlugin('memo', placeOf(created, 'memo'), await coreParts())
  // `newPlugin` imports the plugin, and a module is imported only once: the copy can be edited.
  folder = join(author.path, 'plugins', 'copy')
  await cp(created, folder, { recursive: true })
})
afterAll(() => author.remove())

/** Returns the text of a query that counts notes. */
const countNotes = (name: string, method: string, condition: string) => `{
  name: '${name}',
  description: 'Counts notes.',
  permission: 'memoNote:read',
  args: {},
  answer: { type: 'Int' },
  async run(_args, { transaction, unrestricted, sees }) {
    const [row] = await ${method}.query<{ count: number }>(sql\`select count(*)::int as count from memo_notes n
      where n.workspace_id = \${transaction.workspaceId}::uuid and ${condition}\`)
    return row?.count ?? 0
  },
},`

it('`rapport plugin check` reports a query that shows hidden records, and notes one that does so by `unrestricted`', async () => {
  const path = join(folder, 'plugin.ts')
  const text = await readFile(path, 'utf8')
  const sees = "${sees('MemoNote', sql`n`)}"
  const queries = [
    countNotes('memoSeen', 'transaction', sees),
    countNotes('memoCareless', 'transaction', `(${sees} or n.is_pinned is not null)`),
    countNotes('memoAll', 'unrestricted', 'n.deleted_at is null'),
    countNotes('memoSeenUnrestricted', 'unrestricted', sees),
  ]
  await writeFile(
    path,
    text.replace(
      "api: '^1.0.0',",
      `api: '^1.0.0',\n  permissions: ['memoNote:read'],\n  queries: [${queries.join('\n')}],`,
    ),
  )
  const finding = (await check(folder, CHECK)).get(CHECK)
  const differs = (name: string) =>
    `query ${name} answers a caller who owns nothing differently, at data.${name}, when there are records that are hidden from them`
  expect(finding).toEqual({
    check: CHECK,
    problems: [`${differs('memoCareless')}. Check the conditions of its SQL.`],
    notes: [`${differs('memoAll')}: it uses \`unrestricted\`. Make sure that this reveals nothing`],
  })
}, 180_000)
