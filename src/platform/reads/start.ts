import { raw } from '../data/sql.ts'
import { MAX_RECORDS, type Reading } from './reading.ts'
import { where } from './where.ts'

/** Begins a statement for a caller. */
export function startReading(
  options: Omit<Reading, 'alias' | 'times' | 'budget' | 'resolutions' | 'decisions' | 'where'>,
): Reading {
  let count = 0
  return {
    ...options,
    times: 1,
    budget: { records: MAX_RECORDS },
    resolutions: new Map(),
    decisions: new Map(),
    where,
    alias: () => raw(`t${++count}`),
  }
}
