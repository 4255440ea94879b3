import { defineJob } from '../../../platform/declare/job.ts'

/** Quotes that one run expires at most; the next run expires more. */
const MOST = 500

export const expireQuotes = defineJob({
  name: 'quotes.expire',
  description: 'Marks quotes as expired that were sent and whose last day of validity has passed.',
  schedule: '7 * * * *',
  async run(_, { records, today, unrestricted }) {
    const quotes = await unrestricted.prisma.quote.findMany({
      where: { status: 'SENT', deletedAt: null, validUntil: { lt: new Date(today) } },
      orderBy: [{ validUntil: 'asc' }, { id: 'asc' }],
      select: { id: true, version: true },
      take: MOST,
    })
    // A quote that somebody has changed since has another version: it is left to the next run.
    for (const { id, version } of quotes) await records.patch('Quote', id, { status: 'EXPIRED' }, version)
  },
})
