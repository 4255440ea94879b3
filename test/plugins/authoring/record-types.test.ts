import { describe, expectTypeOf, it } from 'vitest'
import { defineAccessRule, type PluginContext, type RecordOf, type RecordValues } from '../../../src/plugin.ts'

/** Code that the compiler checks. Nothing runs. */
function compiled(_code: (context: PluginContext) => Promise<void>): void {}

describe('the TypeScript types of a record that `records` returns', () => {
  it('have the columns of the model, each but the id optional', () => {
    compiled(async ({ records }) => {
      const [course] = await records.find('Course', { first: 1 })
      expectTypeOf(course?.id).toEqualTypeOf<string | undefined>()
      expectTypeOf<RecordOf<'Course'>['id']>().toEqualTypeOf<string>()
      expectTypeOf<RecordOf<'Course'>['title']>().toEqualTypeOf<string | undefined>()
      expectTypeOf(course?.startsOn).toEqualTypeOf<string | undefined>()
      expectTypeOf(course?.createdAt).toEqualTypeOf<Date | undefined>()
      expectTypeOf(course?.status).toEqualTypeOf<'PLANNED' | 'CANCELLED' | undefined>()
      // @ts-expect-error The model has no such column.
      void course?.tilte
      const enrollment = await records.get('Enrollment', 'id')
      expectTypeOf(enrollment).toEqualTypeOf<RecordOf<'Enrollment'> | null>()
      // The id of a record that is not visible is null, although the column is required.
      expectTypeOf(enrollment?.contactId).toEqualTypeOf<string | null | undefined>()
    })
  })

  it('are those of any values for an object with another name than its model, and for a name that is known at run time only', () => {
    compiled(async ({ records }) => {
      expectTypeOf(await records.get('User', 'id')).toEqualTypeOf<RecordValues | null>()
      const name = String('Account')
      expectTypeOf(await records.find(name, { filter: { anything: 1 } })).toEqualTypeOf<RecordValues[]>()
      const [party] = await records.find(Math.random() > 0.5 ? 'Contact' : 'Account')
      expectTypeOf(party?.id).toEqualTypeOf<string | undefined>()
    })
  })
})

describe('the TypeScript types of a filter', () => {
  it('have the operators of a column with values of the column, and allow other conditions', () => {
    compiled(async ({ records, now }) => {
      await records.find('Course', {
        filter: {
          title: { contains: 'first', mode: 'INSENSITIVE' },
          status: { in: ['PLANNED'], not: { equals: 'CANCELLED' } },
          capacity: { gte: 1 },
          createdAt: { lt: now },
          venue: { is: { name: { equals: 'Acme' } } },
          AND: [{ title: { equals: 'x' } }],
        },
      })
      // @ts-expect-error The enum has no such value.
      await records.find('Course', { filter: { status: { equals: 'DONE' } } })
      // @ts-expect-error There is no such operator.
      await records.find('Course', { filter: { title: { like: 'x' } } })
      // @ts-expect-error A number is no text.
      await records.find('Course', { filter: { capacity: { gt: '1' } } })
    })
  })
})

describe('the TypeScript types of an access rule', () => {
  it('have the filter of the object', () => {
    const rule = { name: 'courses.open', description: 'Open courses.', on: ['read'] } as const
    defineAccessRule({
      ...rule,
      object: 'Course',
      decide: ({ actor }) => actor.kind === 'USER' || { status: { not: { equals: 'CANCELLED' } } },
    })
    defineAccessRule({ ...rule, object: 'Course', decide: () => ({ NOT: [{ title: { startsWith: 'x' } }] }) })
    defineAccessRule({ ...rule, object: 'User', decide: () => ({ displayName: { equals: 'x' } }) })
    // @ts-expect-error `not` takes conditions.
    defineAccessRule({ ...rule, object: 'Course', decide: () => ({ status: { not: 'CANCELLED' } }) })
    // @ts-expect-error The enum has no such value.
    defineAccessRule({ ...rule, object: 'Course', decide: () => ({ status: { equals: 'DRAFT' } }) })
  })
})

describe('the TypeScript types of an input', () => {
  it('have the columns of the model, `<relation>Id`, items, references and other objects', () => {
    compiled(async ({ records, now }) => {
      await records.create('Course', {
        title: 'First steps',
        startsOn: '2026-01-31',
        venueId: 'id',
        aboutId: { type: 'Contact', id: 'id' },
        fee: { amount: '10.00', currency: 'EUR' },
        sessions: [{ startsAt: now, topic: null }, { startsAt: '2026-01-31T10:00:00Z' }],
      })
      await records.createMany('Enrollment', [{ courseId: 'id', contactId: 'id' }, { courseId: 'id' }])
      await records.upsert('Enrollment', { bookingCode: 'B1' }, { amend: () => ({ hasAttended: true }) })
      await records.update('Contact', 'id', { emails: [{ address: 'ada@acme.example', isPrimary: true }] })
      await records.log('Interaction', 'webinar', { occurredAt: now, minutes: 5, regardingIds: ['id'] })
      await records.create('User', { anything: true })
      // @ts-expect-error The model has no such column.
      await records.create('Course', { tilte: 'First steps' })
      // @ts-expect-error A text is no number.
      await records.create('Course', { title: 'First steps', capacity: '12' })
      // @ts-expect-error Only the platform writes it.
      await records.update('Course', 'id', { version: 2 })
      // @ts-expect-error The enum has no such value.
      await records.create('Task', { title: 'Call', priority: 'HIGHEST' })
      // @ts-expect-error No model of an item of a course has such a column.
      await records.create('Course', { sessions: [{ startsAt: now, toppic: 'x' }] })
      // @ts-expect-error The value of an item's column has another type.
      await records.create('Course', { sessions: [{ startsAt: 1 }] })
      // @ts-expect-error The second input has a mistake.
      await records.createMany('Enrollment', [{ courseId: 'id' }, { courseId: 1 }])
      // @ts-expect-error No variant has such a column.
      await records.log('Interaction', 'webinar', { occurredAt: now, minuts: 5 })
      await records.upsert(
        'Enrollment',
        { bookingCode: 'B1' },
        // @ts-expect-error The value of the column has another type.
        { amend: () => ({ hasAttended: 1 }) },
      )
    })
  })

  it('have the columns of the model for an insert, of which those without a default are required', () => {
    compiled(async ({ records, now }) => {
      await records.insert('CourseSession', { courseId: 'id', startsAt: now })
      await records.insertMany('Course', [
        { id: 'id', title: 'First steps', startsOn: '2026-01-31', status: 'PLANNED' },
      ])
      // @ts-expect-error It has no day.
      await records.insert('Course', { title: 'First steps' })
      // @ts-expect-error The enum has no such value.
      await records.insert('Course', { title: 'First steps', startsOn: '2026-01-31', status: 'DONE' })
      // @ts-expect-error Only the platform writes it.
      await records.insert('Course', { title: 'First steps', startsOn: '2026-01-31', version: 2 })
    })
  })

  it('have what Prisma Client returns for days and decimals, also in filters', () => {
    compiled(async ({ records, prisma }) => {
      const { startsOn, feeAmount } = await prisma.course.findFirstOrThrow()
      await records.create('Course', { title: 'x', startsOn })
      await records.insert('Course', { title: 'x', startsOn, feeAmount })
      await records.patch('Course', 'id', { startsOn, feeAmount })
      await records.find('Course', { filter: { startsOn: { lt: startsOn } } })
      if (feeAmount) await records.find('Course', { filter: { feeAmount: { gte: feeAmount } } })
      // @ts-expect-error A text column takes no Date.
      await records.patch('Course', 'id', { title: startsOn })
      // @ts-expect-error A number is not exact.
      await records.patch('Course', 'id', { feeAmount: 1.5 })
    })
  })

  it('have exactly the columns of the model for a patch', () => {
    compiled(async ({ records, now }) => {
      await records.patch('Enrollment', 'id', { remindedAt: now, hasAttended: undefined })
      await records.patch('Course', 'id', { status: 'CANCELLED', feeAmount: null })
      // @ts-expect-error The enum has no such value.
      await records.patch('Course', 'id', { status: 'DONE' })
      // @ts-expect-error Only the platform writes it.
      await records.patch('Course', 'id', { updatedAt: now })
      // @ts-expect-error The database computes it.
      await records.patch('Course', 'id', { searchText: 'x' })
      // @ts-expect-error The column can't be null.
      await records.patch('Course', 'id', { title: null })
    })
  })
})

describe('the TypeScript types of `prisma`', () => {
  it('have the functions that read for the models of core, and all functions for those of plugins', () => {
    compiled(async ({ prisma, unrestricted, now }) => {
      const [task] = await prisma.task.findMany({ where: { dueAt: { lt: now } }, select: { id: true, title: true } })
      expectTypeOf(task).toEqualTypeOf<{ id: string; title: string } | undefined>()
      expectTypeOf(unrestricted.prisma).toEqualTypeOf(prisma)
      expectTypeOf(await prisma.legalReminder.count()).toEqualTypeOf<number>()
      await prisma.legalReminder.deleteMany({ where: { dueOn: { lt: now } } })
      // @ts-expect-error Records of core are written through `records`.
      await prisma.task.deleteMany({})
      // @ts-expect-error It would leave the transaction.
      await prisma.$queryRaw`select 1`
    })
  })
})
