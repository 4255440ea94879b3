import { expect, it } from 'vitest'
import { coreParts } from '../../../src/core.ts'
import { readModels } from '../../../src/platform/data/models/models.ts'
import { checkReads } from '../../../src/platform/plugins/statements/check-reads.ts'
import { loadSqlParser } from '../../../src/platform/plugins/statements/sql-parser.ts'
import { composeRegistry } from '../../../src/platform/registry/registry.ts'
import { testPlugin } from '../guarded-plugin.ts'

it('a statement is parsed once, also after more statements than are cached', async () => {
  await loadSqlParser()
  const core = await coreParts()
  let reads = 0
  const registry = new Proxy(composeRegistry(readModels([core.models]), core.plugins), {
    get(target, key, receiver) {
      reads++
      return Reflect.get(target, key, receiver)
    },
  })
  const plugin = testPlugin('one', {})
  const check = (text: string) => checkReads({ text, plugin, registry, calls: new Map(), isUnrestricted: false })
  const readsBy = (text: string) => {
    const before = reads
    check(text)
    return reads - before
  }
  for (let index = 0; index < 5_100; index++) check(`select ${index}`)
  expect(readsBy('select now()')).toBeGreaterThan(0)
  expect(readsBy('select now()')).toBe(0)
})
