import { raw } from '../data/sql.ts'
import type { Reading } from './reading.ts'
import { where } from './where.ts'

/** Begins a statement for a caller. */
export function startReading(
  options: Omit<Reading, 'alias' | 'resolutions' | 'decisions' | 'where' | 'told'> & Partial<Pick<Reading, 'told'>>,
): Reading {
  let count = 0
  return {
    ...options,
    resolutions: new Map(),
    decisions: new Map(),
    told: options.told ?? new Map(),
    where,
    alias: () => raw(`t${++count}`),
  }
}
