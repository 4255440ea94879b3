import { afterAll, beforeAll, describe, it } from 'vitest'
import { pluginFiles } from '../lifecycle/plugins.ts'
import { type Corpus, expectPlanRefuses, expectRefused, openCorpus } from './corpus.ts'

const IMPORTS = `import { computed, condition, sql } from 'rapport/plugin'
const number = computed({ description: 'A number.', type: 'Int', value: () => sql\`1\` })
const yes = condition({ description: 'Yes.', type: 'Boolean', where: () => sql\`true\` })
const doIt = (name: string) => ({ name, description: 'Does it.', permission: null, input: { a: { type: 'Int', description: 'A.' } }, payload: {}, run: async () => ({ values: {}, userErrors: [] }) })
const ask = (name: string, type: string = 'Int') => ({ name, description: 'Asks.', permission: 'account:read' as const, answer: { type }, run: async () => 1 })
const colours = { name: 'Colour', description: 'C.', values: { RED: 'Red.' } }
`

/** What the installed plugin declares. */
const GOOD = `extend: { Account: { things: number } }, conditions: { Account: { isOdd: yes } }, operations: [doIt('doIt')],
  queries: [ask('things'), ask('colour', colours)], errors: [{ name: 'GoodError', description: 'X.', code: 'GOOD' }],
  variants: [{ of: 'Interaction', name: 'GoodTour', kind: 'TOUR', description: 'A tour.' }],
  interfaces: [{ name: 'Anything', description: 'X.', objects: ['Account'] }],`

let corpus: Corpus
beforeAll(async () => {
  corpus = await openCorpus()
  await corpus.write(pluginFiles('good', { first: IMPORTS, more: GOOD }))
  await corpus.add('good')
})
afterAll(() => corpus.close())

/** The file of a bad plugin without a table. */
const bad = (folder: string, more: string) => ({
  [`plugins/${folder}/plugin.ts`]: `import { definePlugin } from 'rapport/plugin'\n${IMPORTS}
export default definePlugin({ id: '${folder}', description: 'Bad.', version: '1.0.0', api: '^1.0.0', ${more} })\n`,
})

const bothOf = (holder: string, folder: string) =>
  new RegExp(`\\b${holder}\\b.*\\b${folder}\\b|\\b${folder}\\b.*\\b${holder}\\b`)

describe('adding a plugin is refused, and the message names the plugin and the part of core, when the plugin declares', () => {
  it.each([
    ['a field of core', 'twicefield', 'extend: { Account: { name: number } },'],
    ['a computed field of core', 'twicecomputed', 'extend: { Contact: { fullName: number } },'],
    ['a filter condition named like a field of core', 'twicecondition', 'conditions: { Account: { name: yes } },'],
    ['a query named like a query of core', 'twiceroot', "queries: [ask('accounts')],"],
    ['an operation named like a mutation of core', 'twicemutation', "operations: [doIt('createAccount')],"],
    [
      'a type of core',
      'twicetype',
      "queries: [ask('q', { name: 'Account', description: 'X.', fields: { n: { type: 'Int', description: 'N.' } } })],",
    ],
    [
      'a type that core reserves, such as PageInfo',
      'twicereserved',
      "queries: [ask('q', { name: 'PageInfo', description: 'X.', fields: { n: { type: 'Int', description: 'N.' } } })],",
    ],
    ['an enum of core', 'twiceenum', "queries: [ask('q', { ...colours, name: 'AccountType' })],"],
    [
      'a variant of interactions with the value CALL, which core has',
      'twicekind',
      "variants: [{ of: 'Interaction', name: 'TwiceCall', kind: 'CALL', description: 'X.' }],",
    ],
    [
      'a user error type of core',
      'twiceerror',
      "errors: [{ name: 'StaleVersionError', description: 'X.', code: 'TWICE' }],",
    ],
  ])('%s', async (_what, folder, more) => {
    await expectRefused(corpus, folder, bad(folder, more), {
      reason: bothOf('(?:core|accounts|contacts|interactions)', folder),
    })
  })

  it('a field of core, which `rapport plugin plan` reports too', () =>
    expectPlanRefuses(corpus, 'twicefield', bothOf('(?:core|accounts)', 'twicefield')))
})

describe('adding a plugin is refused when it declares', () => {
  it.each([
    ['a field of another plugin', 'samefield', 'extend: { Account: { things: number } },'],
    ['a filter condition of another plugin', 'samecondition', 'conditions: { Account: { isOdd: yes } },'],
    ['a query of another plugin', 'sameroot', "queries: [ask('things')],"],
    ['an operation of another plugin', 'samemutation', "operations: [doIt('doIt')],"],
    [
      'an operation named like a mutation for an object of another plugin',
      'samecreate',
      "operations: [doIt('createGoodGift')],",
    ],
    [
      'a type of another plugin',
      'sametype',
      "queries: [ask('q', { name: 'GoodGift', description: 'X.', fields: { n: { type: 'Int', description: 'N.' } } })],",
    ],
    ['an enum of another plugin', 'sameenum', "queries: [ask('q', colours)],"],
    [
      'a variant of interactions with a value of another plugin',
      'samekind',
      "variants: [{ of: 'Interaction', name: 'SameTour', kind: 'TOUR', description: 'X.' }],",
    ],
    [
      'a user error type of another plugin',
      'sameerror',
      "errors: [{ name: 'GoodError', description: 'X.', code: 'SAME' }],",
    ],
    [
      'a user error code of another plugin',
      'samecode',
      "errors: [{ name: 'SameError', description: 'X.', code: 'GOOD' }],",
    ],
    [
      'an interface of another plugin',
      'sameface',
      "interfaces: [{ name: 'Anything', description: 'X.', objects: ['Account'] }],",
    ],
    [
      'a field on an object of another plugin, without a dependency on that plugin',
      'strange',
      'extend: { GoodGift: { more: number } },',
    ],
  ])('%s, and the message names both plugins', async (_what, folder, more) => {
    await expectRefused(corpus, folder, bad(folder, more), { reason: bothOf('good', folder) })
  })

  it.each<[string, string, (files: Record<string, string>) => string, RegExp]>([
    [
      'a model of another plugin',
      'samemodel',
      (files) => (files['plugins/samemodel/models.prisma'] ?? '').replace('model SamemodelGift', 'model GoodGift'),
      bothOf('good', 'samemodel'),
    ],
    [
      'a model of core',
      'coremodel',
      (files) => (files['plugins/coremodel/models.prisma'] ?? '').replace('model CoremodelGift', 'model Account'),
      bothOf('core', 'coremodel'),
    ],
    [
      'a table of another plugin',
      'sametable',
      (files) => (files['plugins/sametable/models.prisma'] ?? '').replace('sametable_gifts', 'good_gifts'),
      /good_gifts/,
    ],
    [
      'a table of core',
      'coretable',
      (files) => (files['plugins/coretable/models.prisma'] ?? '').replace('coretable_gifts', 'accounts'),
      /accounts/,
    ],
    [
      'a table without a workspace',
      'nowhere',
      (files) => (files['plugins/nowhere/models.prisma'] ?? '').replace('@@id([workspaceId, id])', '@@id([id])'),
      /workspace/i,
    ],
    [
      'a second declaration of a core model',
      'widening',
      (files) => `${files['plugins/widening/models.prisma'] ?? ''}\nmodel Contact {\n  extra String\n}\n`,
      bothOf('core', 'widening'),
    ],
  ])('in its models: %s', async (_what, folder, models, reason) => {
    const files = pluginFiles(folder)
    await expectRefused(corpus, folder, { ...files, [`plugins/${folder}/models.prisma`]: models(files) }, { reason })
  })

  it('a record id prefix of another plugin, and the message names both plugins', async () => {
    const files = pluginFiles('sameprefix')
    const plugin = `plugins/sameprefix/plugin.ts`
    const text = (files[plugin] ?? '').replace("prefix: 'sameprefixgift'", "prefix: 'goodgift'")
    await expectRefused(corpus, 'sameprefix', { ...files, [plugin]: text }, { reason: bothOf('good', 'sameprefix') })
  })

  it('an object named like an object of another plugin, and the message names both plugins', async () => {
    const files = pluginFiles('sameright')
    const plugin = `plugins/sameright/plugin.ts`
    const text = (files[plugin] ?? '').replace("model: 'SamerightGift'", "model: 'SamerightGift', name: 'goodGift'")
    await expectRefused(corpus, 'sameright', { ...files, [plugin]: text }, { reason: bothOf('good', 'sameright') })
  })
})
