import { listAt } from '../../../src/testing/answers.ts'
import type { TestApp } from '../../support/app.ts'
import type { MatrixRecord } from './matrix-record.ts'

/** Gives each lead a task and a note of the administrator, so that its lists have cursors. */
export async function addLeadActivities(app: TestApp, records: readonly MatrixRecord[]): Promise<void> {
  for (const { id } of records.filter(({ shape }) => shape.type === 'Lead')) {
    const data = await app.as('admin').must(
      `mutation ($task: CreateTaskInput!, $note: LogInteractionInput!) {
        createTask(input: $task) { userErrors { message } } logInteraction(input: $note) { userErrors { message } } }`,
      {
        task: { title: 'Call back', regardingId: id },
        note: { note: { occurredAt: '2020-01-01T00:00:00Z', body: 'Called.', regardingIds: [id] } },
      },
    )
    const errors = ['createTask', 'logInteraction'].flatMap((name) => listAt(data, `${name}.userErrors`))
    if (errors.length > 0) throw new Error(JSON.stringify(errors))
  }
}
