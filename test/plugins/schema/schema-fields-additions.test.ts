import { resolve } from 'node:path'
import { isObjectType } from 'graphql'
import { beforeAll, expect, it } from 'vitest'
import { coreParts } from '../../../src/core.ts'
import { composeTogether } from '../../../src/platform/plugins/conformance/composition-checks.ts'
import { schemaAdditions } from '../../../src/platform/plugins/host/schema-additions.ts'
import { loadPlugin } from '../../../src/platform/plugins/load/load-plugin.ts'
import { changesSince } from '../../../src/platform/plugins/tables/schema-changes.ts'
import type { LoadedPlugin } from '../../../src/platform/request/loaded-plugin.ts'

const root = resolve(import.meta.dirname, '../../..')

let core: Awaited<ReturnType<typeof coreParts>>
let plugin: LoadedPlugin
beforeAll(async () => {
  core = await coreParts()
  plugin = await loadPlugin('./examples/creditrating', root)
})

it('the plan for a plugin lists the fields and types that its schema adds, and removing it removes them', async () => {
  const [base, after] = [composeTogether(core, []).schema, composeTogether(core, [plugin]).schema]
  const additions = schemaAdditions(base, after)
  for (const text of [
    'extend type Account {',
    'creditRating(',
    'largestBranches(',
    'enum CreditGrade {',
    'type CreditRating {',
    'extend type Query {',
    'creditworthyAccounts: [Account!]',
  ])
    expect(additions).toContain(text)
  expect((await changesSince(base, additions, base)).breaking.length).toBeGreaterThan(3)
  expect(schemaAdditions(base, composeTogether(core, []).schema)).toBe('')
})

it('what a schema adds belongs to its plugin, and what core has does not', () => {
  const { schema } = composeTogether(core, [plugin])
  const account = schema.getType('Account')
  if (!isObjectType(account)) throw new Error('Account is not an object type.')
  expect(account.getFields()['creditRating']?.extensions.pluginId).toBe('creditrating')
  expect(account.getFields()['name']?.extensions.pluginId).toBeUndefined()
  expect(schema.getQueryType()?.getFields()['creditworthyAccounts']?.extensions.pluginId).toBe('creditrating')
  for (const name of ['CreditRating', 'CreditGrade'])
    expect(schema.getType(name)?.extensions['pluginId']).toBe('creditrating')
  expect(account.extensions.pluginId).toBeUndefined()
})
