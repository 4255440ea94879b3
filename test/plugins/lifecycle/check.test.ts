import { execFile } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, failures } from './checks.ts'
import { type Edits, inPlugin, makeSpoiltPlugins, type SpoiltPlugins } from './spoilt-plugins.ts'

let plugins: SpoiltPlugins
beforeAll(async () => {
  plugins = await makeSpoiltPlugins()
})
afterAll(() => plugins.remove())

describe('`rapport plugin check`', { timeout: 180_000 }, () => {
  it('finds no problem in a new plugin and runs every check', async () => {
    const findings = await check(plugins.good)
    expect(failures(findings)).toEqual({})
    expect([...findings.keys()]).toEqual([
      'only declares on import',
      'is a valid plugin',
      'imports only what is allowed',
      'does not read the environment',
      'composes with core',
      'everything it adds is described',
      'keeps its published schema',
      'declares its personal data',
      'installs, upgrades and removes without a trace',
      'enforces the permission of every operation',
      'isolates workspaces from each other',
      'shows callers only what they may see',
      'has rules that keep within their budget',
      'runs without an error',
      'reads in one statement',
    ])
    expect(findings.get('has rules that keep within their budget')?.notes).toEqual([])
  })

  it('notes, without a failure, that a member cannot call a mutation whose input needs a sensitive field', async () => {
    const directory = await plugins.spoilt({
      'plugin.ts': (text) =>
        text
          .replace('order: false }', 'order: false, sensitive: true }')
          .replace('isPinned: {}', 'isPinned: { sensitive: true }'),
    })
    const name = 'enforces the permission of every operation'
    const findings = await check(directory, name)
    expect(failures(findings)).toEqual({})
    expect(findings.get(name)?.notes).toContain(
      'createMemoNote could not be called as member: its input needs memoNote.text:create, which is sensitive',
    )
  })

  it.each<[what: string, edits: Edits, check: string, reason: string]>([
    ['has an invalid id', inPlugin("id: 'memo'", "id: 'Memo'"), 'is a valid plugin', 'id'],
    [
      'imports a forbidden module',
      {
        'plugin.ts': (text) =>
          `import { inspect } from 'node:vm'\n${text}\nvoid inspect`
            .replace('inspect }', 'Script }')
            .replace('void inspect', 'void Script'),
      },
      'imports only what is allowed',
      'imports node:vm',
    ],
    [
      'reads an environment variable',
      inPlugin('const noteCount = row', 'void process.env.HOME\n    const noteCount = row'),
      'does not read the environment',
      'plugin.ts:',
    ],
    [
      'declares a plural that an object of core has',
      inPlugin("plural: 'memoNotes'", "plural: 'accounts'"),
      'composes with core',
      'accounts',
    ],
    [
      'misspells a permission in its manifest',
      inPlugin("api: '^1.0.0',", "api: '^1.0.0',\n  permissions: ['memoNote:raed'],"),
      'composes with core',
      'memo names the permission memoNote:raed. There is no action of memoNote called raed. Did you mean read?',
    ],
    [
      'does not describe a field',
      { 'models.prisma': (text) => text.replace('  /// Text of the note.\n', '') },
      'everything it adds is described',
      'MemoNote.text',
    ],
    [
      'does not declare personal data',
      { 'models.prisma': aboutContacts },
      'declares its personal data',
      'MemoNote.text may contain personal data',
    ],
    [
      'leaves a table when it is removed',
      { 'remove.sql': (text) => text.replace(/-- DropTable[\s\S]*/, '') },
      'installs, upgrades and removes without a trace',
      'leaves memo_notes',
    ],
    [
      'has a table without a policy for row-level security',
      { 'migrations/0001_init.sql': (text) => text.replace(/CREATE POLICY[\s\S]*?;\n/, '') },
      'installs, upgrades and removes without a trace',
      'row-level security',
    ],
    [
      'has an operation without a permission',
      inPlugin('  errors: [pinnedNotes],', `${OPEN_OPERATION}\n  errors: [pinnedNotes],`),
      'enforces the permission of every operation',
      'memoOpen returns or writes something for a user without any role',
    ],
    [
      'has a rule that throws',
      inPlugin('const noteCount = row', "if (id) throw new Error('Oh no')\n    const noteCount = row"),
      'has rules that keep within their budget',
      'memo.keepPinned',
    ],
    [
      'has a rule on interactions that throws',
      inPlugin('rules: [', `rules: [${THROWING_RULE}, `),
      'has rules that keep within their budget',
      'logInteraction: ',
    ],
    [
      'has a seed that throws',
      inPlugin('rules: [', `seeds: [${THROWING_SEED}],\n  rules: [`),
      'installs, upgrades and removes without a trace',
      'memo.first',
    ],
  ])('reports a plugin that %s', async (_, edits, name, reason) => {
    const failed = failures(await check(await plugins.spoilt(edits), name))
    expect(Object.keys(failed)).toContain(name)
    expect(failed[name]?.join('\n')).toContain(reason)
  })

  it("reports a change that breaks the plugin's published GraphQL schema", async () => {
    const directory = await plugins.spoilt({ 'README.md': () => 'Published.' })
    const name = 'keeps its published schema'
    expect(failures(await check(directory, name, true))).toEqual({})
    const path = join(directory, 'models.prisma')
    const models = await readFile(path, 'utf8')
    await writeFile(path, models.replace('text        String\n', 'text        String?\n'))
    const broken = failures(await check(await recopied(directory), name))[name]
    expect(broken?.join('\n')).toContain('MemoNote.text')
  })
})

it('`rapport plugin check` reads the source files of a plugin without a warning from Node.js', async () => {
  const module = pathToFileURL(
    join(import.meta.dirname, '../../../src/platform/plugins/conformance/source-checks.ts'),
  ).href
  const code = `const { foreignImports } = await import('${module}')
    console.log(await foreignImports(${JSON.stringify(plugins.good)}, []))`
  const ran = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code])
  expect(ran).toEqual({ stdout: '[]\n', stderr: '' })
})

/** Copies the plugin to another folder, because Node imports a module only once for each path. */
async function recopied(directory: string): Promise<string> {
  const copy = `${directory}again`
  await cp(directory, copy, { recursive: true })
  return copy
}

function aboutContacts(models: string): string {
  return models
    .replace('  workspace ', '  contactId   String?   @map("contact_id") @db.Uuid\n  workspace ')
    .replace(
      '  createdBy ',
      '  /// Whom it is about.\n  contact     Contact?  @relation(fields: [workspaceId, contactId], references: [workspaceId, id], onDelete: SetNull)\n  createdBy ',
    )
}

const THROWING_RULE = `{
    name: 'memo.logged',
    description: 'Looks at what is logged.',
    object: 'Interaction',
    on: ['create'],
    before: () => {
      throw new Error('Oh no')
    },
  }`

const THROWING_SEED = `{
    name: 'first',
    description: 'The first note.',
    run: async () => {
      throw new Error('Oh no')
    },
  }`

const OPEN_OPERATION = `  operations: [
    {
      name: 'memoOpen',
      description: 'Does something for everybody.',
      permission: null,
      input: { what: { description: 'What.', type: 'String', isRequired: true } },
      payload: { done: { description: 'Whether.', type: 'Boolean' } },
      run: async () => ({ values: { done: true }, userErrors: [] }),
    },
  ],`
