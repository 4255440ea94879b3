import { expect } from 'vitest'
import type { OperationDocument } from '../../src/testing/client.ts'
import type { TestApp } from '../support/app.ts'

/** Sends a read as the reader and asserts that it took one SQL statement, whatever it selects. */
export async function readAtOnce<Data, Variables>(
  app: TestApp,
  document: OperationDocument<Data, Variables>,
  variables: NoInfer<Variables>,
): Promise<Data> {
  app.resetStatements()
  const data = await app.as('reader').must(document, variables)
  expect(app.statements).toHaveLength(1)
  return data
}
