import type { ExportPlan } from '../export-plan.ts'
import type { ExportedRecord } from '../exported-records.ts'
import { csvHeader, csvLine } from './csv-lines.ts'

/** How the file of an export is written. */
export interface FileFormat {
  /** Media type, with the encoding. */
  readonly contentType: string
  /** Ending of the file's name, without a point. */
  readonly extension: string
  /** Text before the first record. */
  readonly header: string
  /** Returns the text of one record. */
  readonly record: (record: ExportedRecord) => string
}

/** Returns how the file of this export is written. */
export function formatOf({ order, fields }: Pick<ExportPlan, 'order' | 'fields'>): FileFormat {
  return order.format === 'CSV'
    ? {
        contentType: 'text/csv; charset=utf-8; header=present',
        extension: 'csv',
        header: csvHeader(fields),
        record: (record) => csvLine(fields, record),
      }
    : {
        contentType: 'application/jsonl; charset=utf-8',
        extension: 'jsonl',
        header: '',
        record: (record) => `${JSON.stringify(record)}\n`,
      }
}
