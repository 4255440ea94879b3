import { listAt } from '../../../src/testing/answers.ts'
import type { TestApp } from '../../support/app.ts'
import type { MatrixRecord } from './matrix-record.ts'

/**
 * Gives each opportunity an empty quote of the administrator as its primary one. The first quote with lines would become
 * primary, and an opportunity takes over the lines of its primary quote: then a value would be that of two records.
 */
export async function addPrimaryQuotes(app: TestApp, records: readonly MatrixRecord[]): Promise<void> {
  for (const { id } of records.filter(({ shape }) => shape.type === 'Opportunity')) {
    const data = await app
      .as('admin')
      .must('mutation ($input: CreateQuoteInput!) { createQuote(input: $input) { userErrors { message } } }', {
        input: { opportunityId: id },
      })
    const errors = listAt(data, 'createQuote.userErrors')
    if (errors.length > 0) throw new Error(JSON.stringify(errors))
  }
}
