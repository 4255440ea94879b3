import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import ecommerce from '../../../plugins/ecommerce/plugin.ts'
import legal from '../../../plugins/legal/plugin.ts'
import nonprofit from '../../../plugins/nonprofit/plugin.ts'
import { openShownFixture, type ShownFixture } from './fixture.ts'
import { askTwice, FUZZ_TIMEOUT, readTables } from './fuzz.ts'
import { countHidden } from './hidden.ts'
import { PLUGIN_RIGHTS } from './rights.ts'
import { expectVariety } from './variety.ts'

const PLUGINS = [nonprofit, legal, ecommerce].map((plugin) => ({
  plugin,
  directory: new URL(`../../../plugins/${plugin.id}`, import.meta.url).pathname,
}))

let fixture: ShownFixture
/** What the API shows, and the table of `legal` that backs no object. */
let models: ReadonlySet<string>
beforeAll(async () => {
  fixture = await openShownFixture(PLUGINS, legal, PLUGIN_RIGHTS)
  models = new Set([...fixture.models, 'LegalReminder'])
}, FUZZ_TIMEOUT)
afterAll(() => fixture.app.close())

describe('Prisma for the plugin legal, beside other plugins', () => {
  it('reads of each table exactly the rows and values that the API shows the caller, and its own unpublished columns', async () => {
    await readTables(fixture, models)
  })

  it(
    'returns for random calls what it would return if the tables held only that',
    async () => {
      const tally = await askTwice(fixture, models, 0.2)
      expectVariety(tally, models)
    },
    FUZZ_TIMEOUT,
  )

  it('has something to hide from all callers but one, and something to show', () => {
    const hidden = fixture.callers.map((caller) => ({ name: caller.name, ...countHidden(fixture, caller) }))
    expect(hidden.filter(({ name, rows, values }) => name !== 'everything' && Math.min(rows, values) < 20)).toEqual([])
    expect(hidden.filter(({ shownRows }) => shownRows < 100)).toEqual([])
  })
})
