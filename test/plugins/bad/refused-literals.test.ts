import { afterAll, beforeAll, describe, it } from 'vitest'
import { type PluginText, pluginFiles } from '../lifecycle/plugins.ts'
import { type Corpus, expectPlanRefuses, expectRefused, openCorpus } from './corpus.ts'

let corpus: Corpus
beforeAll(async () => {
  corpus = await openCorpus()
  await corpus.write(pluginFiles('good', { version: '1.2.0' }))
  await corpus.add('good')
})
afterAll(() => corpus.close())

/** A plugin that consists only of the given text. */
const bare = (folder: string, text: string) => ({ [`plugins/${folder}/plugin.ts`]: text })
const literal = (id: string, more = '', first = '') =>
  `import { definePlugin } from 'rapport/plugin'\n${first}\nexport default definePlugin({ id: '${id}', description: 'Bad.', version: '1.0.0', api: '^1.0.0', ${more} })\n`

describe('adding a plugin is refused when its import', () => {
  it.each<[what: string, folder: string, first: string, reason: RegExp]>([
    ['throws', 'throwing', "throw new Error('Oh no')", /Its import failed: Oh no/],
    ['rejects', 'rejecting', "await Promise.reject(new Error('Oh no'))", /Its import failed: Oh no/],
    [
      'waits without end',
      'hanging',
      'await new Promise(() => undefined)',
      /Its import (did not end|ended the process)/,
    ],
    ['computes without end', 'looping', 'for (;;) {}', /Its import did not end within 5 s/],
    [
      'uses too much memory',
      'eating',
      'const all: unknown[] = []\nfor (;;) all.push(new Array(100_000).fill(0.5))',
      /it took more than 256 MB of memory/,
    ],
    ['ends the process', 'exiting', 'process.exit(0)', /Its import ended the process/],
    ['leaves a timer running', 'ticking', 'setInterval(() => {}, 1_000)', /On import it leaves Timeout running/],
    ['reads the environment', 'nosy', 'process.env.DATABASE_URL', /reads the environment variable DATABASE_URL/],
    [
      'writes a file',
      'writing',
      "import { writeFileSync } from 'node:fs'\nwriteFileSync('/tmp/rapport-bad-file', '')",
      /Its import failed: Access to this API has been restricted/,
    ],
    [
      'reads a file',
      'reading',
      "import { readFileSync } from 'node:fs'\nreadFileSync('/etc/hosts')",
      /On import it reads or writes files \(readFileSync\)/,
    ],
    [
      'starts a process',
      'forking',
      "import { execSync } from 'node:child_process'\nexecSync('true')",
      /Access to this API has been restricted|starts a process/,
    ],
    [
      'opens a network connection',
      'calling',
      "void fetch('http://127.0.0.1:9').catch(() => undefined)",
      /opens a connection \(fetch\)/,
    ],
    ['adds a global', 'global', "Reflect.set(globalThis, 'mine', 1)", /On import it adds the global mine/],
    ['adds to a prototype', 'polluting', "Reflect.set(Object.prototype, 'mine', 1)", /adds Object\.prototype\.mine/],
    [
      'replaces a global function',
      'patching',
      'Reflect.set(Array.prototype, "map", () => [])',
      /replaces Array\.prototype\.map/,
    ],
    ['has a syntax error', 'garbled', 'const = 1', /Its import failed: .*\/garbled\/plugin\.ts:2:\d+\)/],
    ['needs a package that does not exist', 'lacking', "import 'not-a-package-of-anybody'", /not-a-package-of-anybody/],
  ])('%s', async (_what, folder, first, reason) => {
    await expectRefused(corpus, folder, bare(folder, literal(folder, '', first)), { reason })
  })

  it('throws, which `rapport plugin plan` reports too', () =>
    expectPlanRefuses(corpus, 'throwing', /Its import failed: Oh no/))
})

describe('adding a plugin is refused when it has', () => {
  it.each<[what: string, folder: string, text: string, reason: RegExp]>([
    ['no default export', 'exportless', 'export const plugin = {}\n', /no plugin as its default export/],
    ['a function as its default export', 'callable', 'export default () => ({})\n', /no plugin as its default export/],
    ['an empty object as its default export', 'hollow', 'export default {}\n', /is not a valid plugin[\s\S]*id:/],
    ['an id of core', 'accounts', literal('accounts'), /The id accounts belongs to core/],
    ['an id that is the singular of a core table', 'account', literal('account'), /The id account belongs to core/],
    [
      'an id that is the first word of a table of core',
      'contact',
      literal('contact'),
      /The id contact belongs to core/,
    ],
    ['the id of another plugin', 'other', literal('good'), /used by both \.\/plugins\/good.*and \.\/plugins\/other/],
    ['an unknown key', 'unknown', literal('unknown', 'colour: 1,'), /- The plugin has an unknown key colour\./],
    [
      'a mistyped key',
      'mistyped',
      literal('mistyped', 'personaldata: [],'),
      /The plugin has an unknown key personaldata: did you mean personalData\?/,
    ],
    [
      'a mistyped key in a seed',
      'inner',
      literal('inner', "seeds: [{ name: 'a', desription: 'b', run() {} }],"),
      /seeds\[0\]: an unknown key desription: did you mean description\?/,
    ],
    [
      'a rule with a list instead of a function',
      'disorder',
      literal(
        'disorder',
        "rules: [{ name: 'disorder.a', description: 'b', object: 'Account', on: ['create'], after: ['x'] }],",
      ),
      /rules\[0\]: has a list as `after`, which has to be a function: declare the order of rules with runsAfter/,
    ],
    [
      'an unsupported version of the plugin API',
      'old',
      literal('old', "api: '^9.0.0',"),
      /old is written for version \^9\.0\.0 of the plugin API/,
    ],
    [
      'a missing dependency',
      'needy',
      literal('needy', "depends: { nobody: '^1.0.0' },"),
      /needy needs nobody \^1\.0\.0/,
    ],
    [
      'a dependency on a version that is not installed',
      'picky',
      literal('picky', "depends: { good: '^2.0.0' },"),
      /picky needs good \^2\.0\.0, but good is at 1\.2\.0/,
    ],
    ['a dependency on itself', 'selfish', literal('selfish', "depends: { selfish: '*' },"), /names the plugin itself/],
    [
      'a conflict with an installed plugin',
      'enemy',
      literal('enemy', "conflicts: { good: '*' },"),
      /enemy declares that it conflicts with good 1\.2\.0/,
    ],
    [
      'a computed field whose function throws',
      'fields',
      literal(
        'fields',
        "extend: { Contact: { displayName: { kind: 'computed', type: 'String', description: 'X.', value: () => { throw new Error('no') } } } },",
      ),
      /displayName/,
    ],
    [
      'an unknown table under reads',
      'curious',
      literal('curious', "reads: ['secrets'],"),
      /table secrets, which does not exist/,
    ],
  ])('%s', async (_what, folder, text, reason) => {
    await expectRefused(corpus, folder, bare(folder, text), { reason })
  })

  it('many mistakes at once, which are all reported', async () => {
    const rule = (name: string, more = '') =>
      `{ name: '${name}', description: 'X.', object: 'Account', on: ['create'], before: () => undefined, ${more} }`
    const wrong = literal(
      'wrong',
      `id: 'Bad-Id', version: 'new', api: 'any day', colour: 1, isCore: true, permissions: ['everything'], depends: { x: '*' },
       rules: [${rule('wrong.x', 'budgetMs: 60_000')}, { name: 'wrong.y', description: 'Y.', object: 'Account', on: ['create'] }],
       handlers: [{ name: 'wrong.z', description: '', on: { types: [] }, handle: 1 }],
       jobs: [{ name: 'wrong.j', description: 'J.', schedule: '61 * * * *', run: async () => {} }],
       operations: 'all', errors: [{ name: 'Bad Error', description: 'X.', code: 'bad' }],`,
    )
    const reason = (text: string) => expectRefused(corpus, 'wrong', bare('wrong', wrong), { reason: new RegExp(text) })
    await reason(
      [
        'id: is not 2 to 30 lower-case letters',
        'version: is not a semantic version',
        'api: is not a range',
        'depends',
        'permissions\\[0\\]: ".*" is not a permission',
        'rules\\[0\\]',
        'rules\\[1\\]',
        'operations',
        'errors\\[0\\]',
        'handlers\\[0\\]',
        'jobs\\[0\\].schedule: is not five fields of cron',
        'an unknown key colour',
        'an unknown key isCore',
      ]
        .map((text) => `(?=[\\s\\S]*${text})`)
        .join(''),
    )
  })

  it.each([
    ['a reserved id', 'rapport', literal('rapport'), /id: is reserved for Rapport/],
    [
      'a rule name with the id of another plugin',
      'badrule',
      literal(
        'badrule',
        "seeds: [], rules: [{ name: 'good.x', description: 'X.', object: 'Account', on: ['create'], before: () => undefined }],",
      ),
      /does not begin with the plugin's id/,
    ],
    [
      'a rule name without the id of the plugin',
      'barerule',
      literal(
        'barerule',
        "rules: [{ name: 'x', description: 'X.', object: 'Contact', on: ['create'], before: () => undefined }],",
      ),
      /does not begin with the plugin's id: write barerule\.x/,
    ],
  ])('%s', async (_what, folder, text, reason) => {
    await expectRefused(corpus, folder, bare(folder, text), { reason })
  })

  it('an unsupported version of the plugin API, which `rapport plugin plan` reports too', () =>
    expectPlanRefuses(corpus, 'old', /old is written for version \^9\.0\.0 of the plugin API/))

  it('a circular dependency', async () => {
    // Each needs the other one to be installed first, so neither can be added.
    const circle: PluginText = { more: "depends: { chicken: '*' }," }
    await corpus.write(pluginFiles('chicken', { more: "depends: { egg: '*' }," }))
    await expectRefused(corpus, 'egg', pluginFiles('egg', circle), { reason: /egg needs chicken \*/ })
  })
})
