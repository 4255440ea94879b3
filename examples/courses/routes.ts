import { defineRoute, z } from 'rapport/plugin'

export const receiveBooking = defineRoute({
  name: 'courses.receiveBooking',
  description: 'Stores a booking of the booking system as an enrollment.',
  path: 'bookings',
  verify: { scheme: 'hmac-sha256', header: 'x-booking-signature', prefix: 'sha256=', secret: 'bookingSignature' },
  headers: ['x-booking-event'],
  body: z.object({ bookingCode: z.string(), courseId: z.string(), contactId: z.string() }),
  idempotencyKey: ({ headers }) => headers['x-booking-event'],
  async handle({ body }, { records }) {
    const { id, userErrors } = await records.upsert('Enrollment', body)
    if (userErrors.length > 0) return { status: 422, body: { problems: userErrors.map(({ message }) => message) } }
    return { status: 200, body: { enrollmentId: id } }
  },
})
