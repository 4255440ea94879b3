import { afterAll, beforeAll, expect, it } from 'vitest'
import { at, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { logEnd, logSettled } from '../../support/log.ts'
import { openAdmitted } from '../../support/socket.ts'
import { addDeal, defaultPipeline, operation } from './deals.ts'

let app: TestApp
let url: string

beforeAll(async () => {
  app = await createTestApp()
  url = (await app.listen()).webSocketUrl
})
afterAll(() => app.close())

it('one client moves a card, and the other one sees it', async () => {
  const { stages } = await defaultPipeline(app.as('member'))
  const deal = await addDeal(app.as('member'), { name: 'Live', amount: { amount: '5', currency: 'EUR' } })
  await logSettled(app)
  const [mover, watcher] = [
    await openAdmitted(url, app.as('member').token ?? ''),
    await openAdmitted(url, app.as('reader').token ?? ''),
  ]
  watcher.send({
    id: 'board',
    type: 'subscribe',
    payload: { query: operation('OpportunityChanged'), variables: { after: await logEnd(app) } },
  })
  const input = { id: deal.id, version: 1, stageId: stages['Negotiation'] }
  mover.send({ id: 'move', type: 'subscribe', payload: { query: operation('MoveOpportunity'), variables: { input } } })
  const [moved, seen] = await Promise.all([mover.next(), watcher.next()])
  expect(at(moved, 'payload.data.moveOpportunity.userErrors')).toEqual([])
  expect(at(seen, 'payload.data.opportunityChanged')).toEqual({
    cursor: expect.any(String),
    operation: 'UPDATED',
    opportunity: { id: deal.id, version: 2, stage: { id: stages['Negotiation'] }, amount: { amount: '5.00' } },
  })
  expect(textAt(seen, 'id')).toBe('board')
  mover.close()
  watcher.close()
})
