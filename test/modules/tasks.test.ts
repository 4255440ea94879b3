import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, refusals } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import { addAccount, addContact, addTask, setDeleted } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

async function act(name: string, id: string, version: number): Promise<unknown> {
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
  const document = `mutation ($input: ${input}) { ${name}(input: $input) { task { version status completedAt } userErrors { __typename code message path } } }`
  return at(await app.as('member').must(document, { input: { id, version } }), name)
}

describe('startTask, completeTask, cancelTask and reopenTask', () => {
  const allowed: Record<string, readonly string[]> = {
    OPEN: ['startTask', 'completeTask', 'cancelTask'],
    IN_PROGRESS: ['completeTask', 'cancelTask'],
    COMPLETED: ['reopenTask'],
    CANCELLED: ['reopenTask'],
  }
  const reach: Record<string, readonly string[]> = {
    OPEN: [],
    IN_PROGRESS: ['startTask'],
    COMPLETED: ['completeTask'],
    CANCELLED: ['cancelTask'],
  }
  const after: Record<string, string> = {
    startTask: 'IN_PROGRESS',
    completeTask: 'COMPLETED',
    cancelTask: 'CANCELLED',
    reopenTask: 'OPEN',
  }

  it('appear in the history of the task and in the log, with the fields that they changed', async () => {
    const made = await addTask(app.as('member'), { title: 'Told' })
    await act('startTask', made.id, 1)
    await act('completeTask', made.id, 2)
    await logSettled(app)
    const { task, changes } = await app.as('reader').must<Record<'task' | 'changes', unknown>, object>(
      `query ($id: ID!) {
        task(id: $id) { history(first: 2) { nodes { changes { field from to } } } }
        changes(last: 2, filter: { recordIds: [$id] }) { nodes { changedFields } }
      }`,
      { id: made.id },
    )
    expect(listAt(task, 'history.nodes')).toEqual([
      {
        changes: [
          { field: 'status', from: 'IN_PROGRESS', to: 'COMPLETED' },
          { field: 'completedAt', from: null, to: expect.any(String) },
        ],
      },
      { changes: [{ field: 'status', from: 'OPEN', to: 'IN_PROGRESS' }] },
    ])
    expect(listAt(changes, 'nodes')).toEqual([
      { changedFields: ['status'] },
      { changedFields: ['status', 'completedAt'] },
    ])
  })

  for (const status of Object.keys(allowed)) {
    for (const name of Object.keys(after)) {
      const isAllowed = allowed[status]?.includes(name) ?? false
      it(`${name} ${isAllowed ? 'accepts' : 'refuses'} a task with the status ${status}`, async () => {
        const made = await addTask(app.as('member'), { title: 'Move' })
        for (const [index, step] of (reach[status] ?? []).entries()) await act(step, made.id, 1 + index)
        const version = 1 + (reach[status]?.length ?? 0)
        const answer = await act(name, made.id, version)
        if (isAllowed) {
          const completedAt = after[name] === 'COMPLETED' ? expect.any(String) : null
          expect(answer).toEqual({ task: { version: version + 1, status: after[name], completedAt }, userErrors: [] })
        } else {
          expect(answer).toMatchObject({
            task: null,
            userErrors: [{ __typename: 'RuleViolation', code: 'RULE_VIOLATION' }],
          })
          expect(
            at(
              await app.as('member').must('query ($id: ID!) { task(id: $id) { version status } }', { id: made.id }),
              'task',
            ),
          ).toEqual({ version, status })
        }
      })
    }
  }

  it('refuse a stale version, an unknown task and a deleted task (tested with completeTask)', async () => {
    const made = await addTask(app.as('member'), { title: 'Stale' })
    expect(await act('completeTask', made.id, 5)).toMatchObject({ task: null, userErrors: [{ code: 'STALE_VERSION' }] })
    expect(await act('completeTask', 'task_00000000000000000000000000', 1)).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND' }],
    })
    await setDeleted(app.as('member'), 'delete', 'Task', made)
    expect(await act('completeTask', made.id, 2)).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] })
  })

  it('take effect once when 16 requests send completeTask for one task at the same time', async () => {
    const made = await addTask(app.as('member'), { title: 'Once' })
    const answers = await Promise.all(Array.from({ length: 16 }, () => act('completeTask', made.id, 1)))
    expect(answers.filter((answer) => at(answer, 'task'))).toHaveLength(1)
  })

  it('are the only way to change the status of a task: the input of updateTask has no field status', async () => {
    const made = await addTask(app.as('member'), { title: 'State' })
    const { errors } = await app
      .as('member')
      .query('mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { task { id } } }', {
        input: { id: made.id, version: 1, status: 'COMPLETED' },
      })
    expect(errors).toHaveLength(1)
  })
})

describe('tasks', () => {
  it('are listed on the account or contact that they are about, sorted by due date', async () => {
    const member = app.as('member')
    const acme = await addAccount(member, { name: 'Acme' })
    const ada = await addContact(member, { lastName: 'Ada' })
    for (const [title, dueAt] of [
      ['Later', '2030-01-01T00:00:00Z'],
      ['No date', null],
      ['Sooner', '2029-01-01T00:00:00+02:00'],
    ])
      await addTask(member, { title, dueAt, regardingId: acme.id })
    await addTask(member, { title: 'Hers', regardingId: ada.id, priority: 'HIGH' })
    const seen = await member.must(
      'query ($acme: ID!, $ada: ID!) { account(id: $acme) { tasks { nodes { title dueAt regarding { __typename } } } } contact(id: $ada) { tasks { nodes { title priority } } } }',
      { acme: acme.id, ada: ada.id },
    )
    expect(listAt(seen, 'account.tasks.nodes').map((task) => [at(task, 'title'), at(task, 'dueAt')])).toEqual([
      ['Sooner', '2028-12-31T22:00:00.000Z'],
      ['Later', '2030-01-01T00:00:00.000Z'],
      ['No date', null],
    ])
    expect(at(seen, 'contact.tasks.nodes')).toEqual([{ title: 'Hers', priority: 'HIGH' }])
  })

  it('are not created about a record of another workspace or with an unknown assignee', async () => {
    const foreign = await addAccount(app.as('member', 'globex'), { name: 'Foreign' })
    const create = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { userErrors { code path } } }'
    const answer = await app
      .as('member')
      .must(create, { input: { title: 'T', regardingId: foreign.id, assigneeId: 'user_00000000000000000000000000' } })
    expect(refusals(answer, 'createTask')).toEqual(['NOT_FOUND', 'NOT_FOUND'])
  })
})
