import { resolve } from 'node:path'
import { buildSchema } from 'graphql'
import { expect, it } from 'vitest'
import { coreParts } from '../../../src/core.ts'
import { composeTogether } from '../../../src/platform/plugins/conformance/composition-checks.ts'
import { schemaAdditions } from '../../../src/platform/plugins/host/schema-additions.ts'
import { loadPlugin } from '../../../src/platform/plugins/load/load-plugin.ts'
import { changesSince } from '../../../src/platform/plugins/tables/schema-changes.ts'

const root = resolve(import.meta.dirname, '../../..')
const SAME = { breaking: [], dangerous: [], safe: [] }

it.each(['ecommerce', 'legal', 'nonprofit'])(
  'the plan for the plugin %s lists what the plugin adds to the GraphQL schema',
  async (id) => {
    const core = await coreParts()
    const plugin = await loadPlugin(`./plugins/${id}`, root)
    const [base, after] = [composeTogether(core, []).schema, composeTogether(core, [plugin]).schema]
    const additions = schemaAdditions(base, after)
    expect(additions).toContain('extend type Query {')
    expect(await changesSince(base, additions, after)).toEqual(SAME)
    expect((await changesSince(base, additions, base)).breaking.length).toBeGreaterThan(5)
  },
)

const base = buildSchema('type Query { a: Int } type Gone { b: Int }')

it('the plan of an upgrade lists what the new version removes, changes and adds in the GraphQL schema', async () => {
  const after = buildSchema('type Query { a: Int } type Gone { b: Int } type Own { c: String d: Int }')
  expect(await changesSince(base, 'type Own { c: Int e: Int }', after)).toEqual({
    breaking: ["Field 'Own.c' changed type from 'Int' to 'String'", "Field 'e' was removed from object type 'Own'"],
    dangerous: [],
    safe: ["Field 'd' was added to object type 'Own'"],
  })
  expect(await changesSince(base, '', base)).toEqual(SAME)
})

it('the plan of an upgrade says that changes cannot be determined when core no longer has a type that the plugin used', async () => {
  const { dangerous } = await changesSince(buildSchema('type Query { a: Int }'), 'type Own { c: Gone }', base)
  expect(dangerous).toEqual([expect.stringContaining('can\'t be determined: Unknown type: "Gone"')])
})
