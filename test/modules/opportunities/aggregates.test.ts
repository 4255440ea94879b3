import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addDeal, operation } from './deals.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const money = (amount: string, currency = 'EUR') => ({ amount, currency })

describe('aggregates', () => {
  it('tell what was won by month of closing and by owner', async () => {
    for (const [closedOn, amount] of [
      ['2024-01-05', '10'],
      ['2024-01-25', '5'],
      ['2024-02-01', '1'],
    ] as const)
      await addDeal(app.as('member', 'globex'), { stageId: await wonStage(), closedOn, amount: money(amount) })
    const data = await app.as('member', 'globex').must(operation('WonByMonth'), {})
    const owner = { displayName: 'Member' }
    expect(listAt(data, 'opportunityAggregate.groups')).toEqual([
      {
        key: { closedOnMonth: '2024-01-01', owner },
        count: 2,
        sum: { amount: money('15.00') },
        avg: { amount: { amount: '7.50' } },
      },
      {
        key: { closedOnMonth: '2024-02-01', owner },
        count: 1,
        sum: { amount: money('1.00') },
        avg: { amount: { amount: '1.00' } },
      },
    ])
    const byOwner = await app.as('member', 'globex').must(operation('WonBy'), { filter: { status: { equals: 'WON' } } })
    expect(listAt(byOwner, 'opportunityAggregate.groups')).toEqual([
      { key: { owner }, count: 3, sum: { amount: money('16.00') } },
    ])
  })

  async function wonStage(): Promise<string> {
    const data = await app.as('member', 'globex').must(operation('Pipelines'), {})
    const stages = listAt(listAt(data, 'pipelines.nodes')[0], 'stages')
    return textAt(
      stages.find((stage) => at(stage, 'kind') === 'WON'),
      'id',
    )
  }
})
