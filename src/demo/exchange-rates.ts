import { sql } from '../platform/data/sql.ts'
import type { UnitOfWork } from '../platform/request/context.ts'
import { createAll } from './records.ts'

/** Units of the currencies of the demonstration data for one euro, by the day from which they are valid. */
const RATES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '2024-01-02': { USD: '1.0956', GBP: '0.8681', SEK: '11.102', AUD: '1.6147', CAD: '1.4566' },
  '2025-01-02': { USD: '1.0321', GBP: '0.8287', SEK: '11.4475', AUD: '1.656', CAD: '1.4867' },
  '2026-01-02': { USD: '1.1721', GBP: '0.8709', SEK: '10.8', AUD: '1.751', CAD: '1.607' },
}

/** Creates exchange rates between the currencies of the demonstration data, unless the workspace has any. */
export async function writeExchangeRates(work: UnitOfWork): Promise<void> {
  const { transaction } = work
  const existing = await transaction.query(
    sql`select from exchange_rates where workspace_id = ${transaction.workspaceId}::uuid limit 1`,
  )
  if (existing.length > 0) return
  const inputs = Object.entries(RATES).flatMap(([validFrom, rates]) =>
    Object.entries(rates).map(([currency, rate]) => ({
      baseCurrency: 'EUR',
      currency,
      rate,
      validFrom,
      source: 'Demonstration data',
    })),
  )
  await createAll(work, 'ExchangeRate', inputs)
}
