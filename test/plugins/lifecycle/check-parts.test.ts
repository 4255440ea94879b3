import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, failures } from './checks.ts'
import { type Edits, inPlugin, makeSpoiltPlugins, type SpoiltPlugins, withParts } from './spoilt-plugins.ts'

let plugins: SpoiltPlugins
beforeAll(async () => {
  plugins = await makeSpoiltPlugins()
})
afterAll(() => plugins.remove())

describe('`rapport plugin check`', { timeout: 180_000 }, () => {
  it('accepts an act that needs a permission of its own, which a member does not have', async () => {
    const directory = await plugins.spoilt(
      withParts(`acts: [{
        name: 'pinMemoNote',
        description: 'Pins a note.',
        object: 'MemoNote',
        action: 'pin',
        apply: () => ({ patch: { isPinned: true } }),
      }],`),
    )
    expect(failures(await check(directory, 'enforces the permission of every operation'))).toEqual({})
  })

  it('accepts a sensitive condition', async () => {
    const directory = await plugins.spoilt(
      withParts(`conditions: {
        Account: { hasMemo: { description: 'Always.', type: 'Boolean', sensitive: true, where: () => sql\`true\` } },
      },`),
    )
    expect(failures(await check(directory, 'composes with core'))).toEqual({})
  })

  it.each([
    [
      'a filter that the API does not have, with the rule, the place and what is expected there',
      `{ text: { not: 'DRAFT' } }`,
      /memo\.hidden returned a filter that MemoNoteFilter does not allow: at `text\.not`: .*Write an object with conditions, such as \{ equals: … \}/,
    ],
    [
      'a condition on a field that does not exist',
      `{ tilte: { equals: 'x' } }`,
      /does not allow: Field "tilte" is not defined/,
    ],
    ['what is no filter', `'all'`, /memo\.hidden returned all\. Return true, false or a filter of MemoNote/],
    [
      'a failure',
      `(() => { throw new Error('Oh.') })()`,
      /memo\.hidden fails for read by an actor of the kind API_KEY: Error: Oh\./,
    ],
  ])('reports of an access rule %s', async (_what, decision, reason) => {
    const directory = await plugins.spoilt(
      withParts(`accessRules: [{
        name: 'memo.hidden',
        description: 'Hides notes.',
        object: 'MemoNote',
        on: ['read'],
        decide: ({ actor }) => actor.kind !== 'API_KEY' || ${decision},
      }],`),
    )
    const found = failures(await check(directory, 'composes with core'))
    expect(found).toEqual({ 'composes with core': [expect.stringMatching(reason)] })
  })

  it('reports a schema that GraphQL refuses once, and nothing that only follows from it', async () => {
    const findings = await check(
      await plugins.spoilt(
        withParts(`operations: [{
          name: 'emptyMemo',
          description: 'Does nothing.',
          permission: 'memoNote:update',
          input: { why: { description: 'Why.', type: 'String' } },
          payload: {
            nothing: {
              description: 'Nothing.',
              type: { name: 'MemoNothing', description: 'Nothing.', fields: {} },
              isNullable: true,
            },
          },
          run: async () => ({ values: {}, userErrors: [] }),
        }],`),
      ),
    )
    expect(failures(findings)).toEqual({ 'composes with core': [expect.stringContaining('MemoNothing')] })
    expect([...findings.values()].at(-1)).toMatchObject({
      check: 'composes with core',
      notes: ['everything else, because it needs the composed schema'],
    })
  })

  it.each<[what: string, edits: Edits, check: string, reason: RegExp]>([
    [
      'seed',
      withParts(`seeds: [{ name: 'first', description: 'Throws.', run: async () => { throw new Error('Oh no') } }],`),
      'installs, upgrades and removes without a trace',
      /^The plugin memo failed in memo.first: Oh no\nat .*run \(.*plugin.ts:\d+:\d+\)$/,
    ],
    [
      'rule',
      inPlugin('const noteCount = row', "if (id) throw new Error('Oh no')\n    const noteCount = row"),
      'has rules that keep within their budget',
      /^deleteAccount: The plugin memo failed in memo.keepPinned: Oh no\nat .*before \(.*plugin.ts:\d+:\d+\)$/,
    ],
    [
      'computed field',
      inPlugin(
        '      memoNotes: many(',
        `memoSum: {
        kind: 'computed',
        description: 'Divides by zero.',
        type: 'Int',
        value: () => sql\`(select 1 / (random() * 0)::int)\`,
      },
      memoNotes: many(`,
      ),
      'reads in one statement',
      /^Account.memoSum fails: .*division by zero$/,
    ],
  ])('says why a %s failed and where', async (_, edits, name, reason) => {
    expect(failures(await check(await plugins.spoilt(edits), name))).toEqual({
      [name]: [expect.stringMatching(reason)],
    })
  })
})
