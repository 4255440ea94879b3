import { afterAll, beforeAll, expect, it } from 'vitest'
import { at, listAt } from '../../../src/testing/answers.ts'
import { importRecords } from '../../imports/import-records.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const columns = [
  { column: 'name', field: 'name' },
  { column: 'stage', field: 'stage.name' },
  { column: 'source', field: 'source' },
]

const importDeal = (stage: string, source: string) =>
  importRecords(app.as('member'), {
    object: 'Opportunity',
    columns,
    csv: `name,stage,source\nChairs,${stage},${source}\n`,
  })

it('an import creates a deal in a stage, and changes it later, but not its stage', async () => {
  expect(await importDeal('Proposal', 'Fair')).toMatchObject({ createdCount: 1, userErrors: [] })
  const moved = await importDeal('Negotiation', 'Fair')
  expect(moved).toMatchObject({ updatedCount: 0, failedCount: 1 })
  expect(at(listAt(moved, 'results')[0], 'userErrors')).toMatchObject([
    { code: 'INVALID', message: expect.stringContaining('stageId is set when a record is created') },
  ])
  expect(await importDeal('Proposal', 'Partner')).toMatchObject({ updatedCount: 1, userErrors: [] })
  const data = await app.as('member').must('{ opportunities { nodes { source stage { name } } } }', {})
  expect(listAt(data, 'opportunities.nodes')).toEqual([{ source: 'Partner', stage: { name: 'Proposal' } }])
})
