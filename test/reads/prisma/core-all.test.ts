import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openShownFixture, type ShownFixture } from './fixture.ts'
import { askTwice, FUZZ_TIMEOUT, readTables } from './fuzz.ts'
import { countHidden } from './hidden.ts'
import { fence, RIGHTS } from './rights.ts'
import { expectVariety } from './variety.ts'

let fixture: ShownFixture
beforeAll(async () => {
  const callers = ['everything', 'all records', 'mixed scopes', 'some fields', 'nothing']
  fixture = await openShownFixture([{ plugin: fence }], fence, RIGHTS, callers)
}, FUZZ_TIMEOUT)
afterAll(() => fixture.app.close())

describe('Prisma for callers with permissions on all records, on scopes, on some fields and on nothing', () => {
  it('reads of each table exactly the rows and values that the API shows the caller', async () => {
    await readTables(fixture, fixture.models)
  })

  it(
    'returns for random calls what it would return if the tables held only what the API shows',
    async () => {
      const tally = await askTwice(fixture, fixture.models, 0.4)
      expectVariety(tally, fixture.models)
    },
    FUZZ_TIMEOUT,
  )

  it('has something to hide from all of them but the first', () => {
    const hidden = fixture.callers.map((caller) => ({ name: caller.name, ...countHidden(fixture, caller) }))
    expect(hidden.filter(({ name, rows }) => name !== 'everything' && rows < 20)).toEqual([])
    expect(hidden.filter(({ name, shownRows }) => shownRows > 0 === (name === 'nothing'))).toEqual([])
    expect(hidden.filter(({ name, values }) => /scopes|fields/.test(name) && values < 100)).toEqual([])
  })
})
