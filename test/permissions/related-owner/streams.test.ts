import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textsAt } from '../../../src/testing/answers.ts'
import { logEnd, logSettled } from '../../support/log.ts'
import { addRecord } from '../../support/records.ts'
import { openStream } from '../../support/sse.ts'
import { openTenancies, save, type Tenancies } from './tenancies.ts'

let fixture: Tenancies
beforeAll(async () => {
  fixture = await openTenancies()
})
afterAll(() => fixture.app.close())

const FOLLOW = `subscription ($after: String) {
  rentPaymentChanged(after: $after) { rentPayment { number } }
}`
const event = (number: string) => ({ data: { rentPaymentChanged: { rentPayment: { number } } } })

/** Creates a payment of a tenancy that the boss manages: the next event of the boss where nothing else is one. */
async function payToBoss(number: string): Promise<void> {
  const admin = fixture.app.as('admin')
  const tenancy = await addRecord(admin, 'Tenancy', { number, ...fixture.managedBy('boss') })
  await addRecord(admin, 'RentPayment', { number, tenancyId: tenancy.id })
}

describe('a stream of records that are owned through a relation', () => {
  it('sends no change of a record from when the related record has another owner, whom it is sent to instead', async () => {
    const { app, people } = fixture
    const { own } = await fixture.payments()
    for (const person of ['boss', 'stranger'] as const)
      await fixture.permit(person, ['rentPayment:read@own', 'change:read'])
    await logSettled(app)
    const boss = await openStream(app, people.boss, FOLLOW)
    await save(fixture, app.as('admin'), 'RentPayment', own.payment, { number: 'of the boss' })
    expect(await boss.next()).toEqual(event('of the boss'))
    await save(fixture, app.as('admin'), 'Tenancy', own.tenancy, fixture.managedBy('stranger'))
    await logSettled(app)
    const stranger = await openStream(app, people.stranger, FOLLOW)
    await save(fixture, app.as('admin'), 'RentPayment', own.payment, { number: 'of the stranger' })
    expect(await stranger.next()).toEqual(event('of the stranger'))
    await payToBoss('next')
    expect(await boss.next()).toEqual(event('next'))
    boss.close()
    stranger.close()
  })

  it('sends no change that was committed while the caller owned the record, once another does', async () => {
    const { app, people } = fixture
    const { own } = await fixture.payments()
    await fixture.permit('boss', ['rentPayment:read@own', 'change:read'])
    const after = await logEnd(app)
    await save(fixture, app.as('admin'), 'RentPayment', own.payment, { number: 'missed' })
    await save(fixture, app.as('admin'), 'Tenancy', own.tenancy, fixture.managedBy('stranger'))
    await logSettled(app)
    const told = await people.boss.must<unknown, object>('{ changes(last: 200) { nodes { recordId } } }')
    expect(textsAt(told, 'changes.nodes', 'recordId')).not.toContain(own.payment.id)
    const stream = await openStream(app, people.boss, FOLLOW, { after })
    await payToBoss('after')
    expect(await stream.next()).toEqual(event('after'))
    stream.close()
  })
})
