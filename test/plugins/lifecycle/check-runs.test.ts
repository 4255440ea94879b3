import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, failures } from './checks.ts'
import { makeSpoiltPlugins, type SpoiltPlugins, withParts } from './spoilt-plugins.ts'

let plugins: SpoiltPlugins
beforeAll(async () => {
  plugins = await makeSpoiltPlugins()
})
afterAll(() => plugins.remove())

const NAME = 'runs without an error'

/** Runs the check on a plugin with the parts. Returns its problems without the lines of stacks, and its notes. */
async function checkParts(parts: string) {
  const findings = await check(await plugins.spoilt(withParts(parts)), NAME)
  const problems = failures(findings)[NAME] ?? []
  return { problems: problems.map((problem) => problem.split('\n')[0]), notes: findings.get(NAME)?.notes }
}

const act = (name: string, apply: string) =>
  `{ name: '${name}', description: 'An act.', object: 'MemoNote', apply: ${apply} }`
const operation = (name: string, input: string, run: string) =>
  `{ name: '${name}', description: 'An operation.', permission: 'memoNote:update', input: { ${input} }, payload: {},
     run: async (input, context) => { ${run}; return { values: {}, userErrors: [] } } }`
const query = (name: string, run: string) =>
  `{ name: '${name}', description: 'A query.', permission: 'memoNote:read', answer: { type: 'Int' },
     args: { days: { type: 'Int', description: 'Days.' } }, run: async ({ days }) => { ${run} } }`
const handler = (name: string, operations: string, handle: string) =>
  `{ name: 'memo.${name}', description: 'A handler.', on: { types: ['MemoNote'], operations: [${operations}] },
     async handle({ recordId }, { records }) { ${handle} } }`
const job = (name: string, options: string, run: string) =>
  `{ name: 'memo.${name}', description: 'A job.', ${options} async run(payload, { records }) { ${run} } }`
const why = `why: { type: 'String', description: 'Why.' }`
const OH_NO = `throw new Error('Oh no')`

describe('`rapport plugin check` runs', { timeout: 180_000 }, () => {
  it('each act, operation, query, handler and job, and reports each that throws, with a sample', async () => {
    const { problems } = await checkParts(`
      permissions: ['memoNote:read'],
      acts: [${act('throwMemo', `({ text }) => { if (text) ${OH_NO}; return {} }`)}],
      operations: [
        ${operation('throwMemoAlways', why, OH_NO)},
        ${operation('throwMemoForNull', why, `if (input.why === null) ${OH_NO}`)},
        ${operation('throwMemoForNone', `whys: { type: 'String', isList: true, isRequired: true, description: 'Whys.' }`, 'input.whys[0].trim()')},
        ${operation('readMemoTasks', why, `await context.prisma.task.count()`)},
        ${operation('readAllMemoTasks', why, `await context.unrestricted.prisma.task.count()`)},
        ${operation('createMemoTask', why, `await context.records.create('Task', { title: 'Call' })`)},
      ],
      queries: [${query('throwMemoDays', `if (days > 0) ${OH_NO}; return 1`)}],
      handlers: [
        ${handler('misses', `'UPDATED'`, `(await records.get('MemoNote', recordId)).text.trim()`)},
        ${handler('deletes', `'CREATED', 'DELETED'`, `if (!(await records.get('MemoNote', recordId))) ${OH_NO}`)},
      ],
      jobs: [
        ${job('sends', `payload: z.object({ memoNoteId: z.uuid(), days: z.int().min(3) }),`, `if ((await records.get('MemoNote', payload.memoNoteId)) && payload.days === 3) ${OH_NO}`)},
        ${job('nightly', `schedule: '0 6 * * *', payload: z.object({ days: z.int() }),`, '')},
      ],`)
    expect(problems.map((problem) => problem?.replaceAll(/memonote_\w+|[\da-f-]{36}/g, 'ID'))).toEqual([
      'query throwMemoDays fails as admin with {"days":1}: The plugin memo failed in throwMemoDays: Oh no',
      expect.stringMatching(/^mutation createMemoTask fails .* The plugin's permissions lack task:create/),
      expect.stringMatching(/^mutation readAllMemoTasks fails .* add reads: \['tasks'\]/),
      expect.stringMatching(/^mutation readMemoTasks fails .* The plugin's permissions lack task:read/),
      'mutation throwMemo fails as admin with {"input":{"id":"ID","version":1}}: The plugin memo failed in throwMemo: Oh no',
      'mutation throwMemoAlways fails as admin with {"input":{}}: The plugin memo failed in throwMemoAlways: Oh no',
      `mutation throwMemoForNone fails as admin with {"input":{"whys":[]}}: The plugin memo failed in throwMemoForNone: Cannot read properties of undefined (reading 'trim')`,
      'mutation throwMemoForNull fails as admin with {"input":{"why":null}}: The plugin memo failed in throwMemoForNull: Oh no',
      `handler memo.misses fails for UPDATED of MemoNote that is soft-deleted by then: The plugin memo failed in memo.misses: Cannot read properties of null (reading 'text')`,
      'handler memo.deletes fails for CREATED of MemoNote that is soft-deleted by then: The plugin memo failed in memo.deletes: Oh no',
      expect.stringContaining(
        'job memo.sends fails with {"memoNoteId":"ID","days":3}: The plugin memo failed in memo.sends: Oh no',
      ),
      'job memo.nightly fails as scheduled, with the payload {}: The payload does not match the schema of the job memo.nightly. days: Invalid input: expected number, received undefined',
    ])
  })

  it('them without a problem when they refuse samples, and notes what it could not run', async () => {
    const { problems, notes } = await checkParts(`
      permissions: ['memoNote:read'],
      acts: [${act('refuseMemo', `() => ({ refusals: [invalid(['input', 'id'], 'No.')] })`)}],
      queries: [${query('refuseMemoDays', `throw badArgument('Pass other days.')`)}],
      handlers: [${handler('checks', `'UPDATED', 'DELETED'`, `await records.get('MemoNote', recordId)`)}],
      jobs: [
        ${job('coded', `payload: z.object({ code: z.string().regex(/^[A-Z]{7}$/) }),`, OH_NO)},
        ${job('anything', `payload: z.object({ recordId: z.string() }),`, OH_NO)},
      ],`)
    expect(problems).toEqual([])
    expect(notes?.map((note) => note.split('\n')[0]?.replaceAll(/[\da-f-]{36}/g, 'ID'))).toEqual([
      'refuseMemoDays refuses each sample: Pass other days.',
      'memo.coded was not run: no payload that its schema accepts could be made',
      'memo.anything fails with {"recordId":"ID"}, where an id may be of another object: The plugin memo failed in memo.anything: Oh no',
    ])
  })
})
