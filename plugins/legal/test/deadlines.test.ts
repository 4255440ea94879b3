import { at, listAt, type PluginTestApp, type PluginTestClient } from 'rapport/plugin/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createMatter, createRecord, openApp, send } from './support.ts'

let app: PluginTestApp
let client: PluginTestClient
let matterId: string

beforeAll(async () => {
  app = await openApp()
  client = app.as('member')
  const viewer = await client.must('{ viewer { actor { id } } }')
  matterId = await createMatter(client, [], {
    name: 'Jarndyce v Jarndyce',
    responsibleId: at(viewer, 'viewer.actor.id'),
  })
})
afterAll(() => app.close())

const tasks = async (workspace: 'acme' | 'globex' = 'acme') =>
  listAt(
    await app
      .as('reader', workspace)
      .must(
        '{ tasks(orderBy: [{ createdAt: ASC }, { title: ASC }]) { nodes { title dueAt assignee { displayName } regarding { __typename } createdBy { __typename displayName } } } }',
      ),
    'tasks.nodes',
  )

it('the job legal.deadlines creates one task for a deadline, also when the job runs again, and another task when the deadline moves to another day', async () => {
  const nearDeadline = await createRecord(client, 'Deadline', {
    matterId,
    title: 'File the reply',
    dueOn: '2026-06-29',
    kind: 'FILING',
  })
  await createRecord(client, 'Deadline', { matterId, title: 'Too far away', dueOn: '2026-06-30' })
  const completed = await createRecord(client, 'Deadline', { matterId, title: 'Done', dueOn: '2026-06-16' })
  await send(client, 'completeDeadline', { id: completed, version: 1 }, 'deadline { completedAt }')
  expect(await tasks()).toEqual([])

  await Promise.all([app.runJob('legal.deadlines'), app.runJob('legal.deadlines')])
  await app.runJob('legal.deadlines')
  expect(await tasks()).toMatchObject([
    {
      title: 'File the reply (Jarndyce v Jarndyce) by 2026-06-29',
      dueAt: '2026-06-29T00:00:00.000Z',
      assignee: { displayName: 'Member' },
      regarding: { __typename: 'Matter' },
    },
  ])
  expect(await tasks('globex')).toEqual([])

  app.clock.advance(24 * 3_600_000)
  await send(client, 'updateDeadline', { id: nearDeadline, version: 1, dueOn: '2026-06-20' }, 'deadline { id }')
  await app.runJob('legal.deadlines')
  await app.runJob('legal.deadlines')
  expect((await tasks()).map((task) => at(task, 'title'))).toEqual([
    'File the reply (Jarndyce v Jarndyce) by 2026-06-29',
    'File the reply (Jarndyce v Jarndyce) by 2026-06-20',
    'Too far away (Jarndyce v Jarndyce) by 2026-06-30',
  ])
})

it('the job legal.deadlines creates a task as many days before a deadline as the settings of the workspace say', async () => {
  const other = app.as('member', 'globex')
  const otherMatterId = await createMatter(other, [])
  await createRecord(other, 'Deadline', {
    matterId: otherMatterId,
    title: 'Limitation',
    dueOn: '2026-12-01',
    kind: 'LIMITATION',
  })
  await app.runJob('legal.deadlines', {}, 'globex')
  expect(await tasks('globex')).toEqual([])
  await app
    .as('admin', 'globex')
    .must(
      'mutation { updatePluginSettings(input: { pluginId: "legal", settings: { remindDaysBefore: 365 } }) { userErrors { message } } }',
    )
  await app.runJob('legal.deadlines', {}, 'globex')
  expect(await tasks('globex')).toMatchObject([{ assignee: null }])
})

it('completeDeadline completes a deadline, and refuses to complete it again', async () => {
  const id = await createRecord(client, 'Deadline', { matterId, title: 'Once', dueOn: '2027-06-16' })
  const complete = (version: number) => send(client, 'completeDeadline', { id, version }, 'deadline { completedAt }')
  expect(at(await complete(1), 'deadline.completedAt')).toBe(app.clock.now().toISOString())
  expect(at(await complete(2), 'userErrors.0.code')).toBe('RULE_VIOLATION')
})
