import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, failures } from './checks.ts'
import { makeSpoiltPlugins, type SpoiltPlugins, withParts } from './spoilt-plugins.ts'

let plugins: SpoiltPlugins
beforeAll(async () => {
  plugins = await makeSpoiltPlugins()
})
afterAll(() => plugins.remove())

const NAME = 'reads in one statement'

/** A field of MemoNote that `load` computes for all notes of a response together. */
const loaded = (name: string, load: string) =>
  `builder.prismaObjectField(MemoNote, '${name}', (t) => t.loadable({ type: 'Int', nullable: true, description: 'A number.',
    select: { id: true }, resolve: ({ id }) => id, load: async (ids, context) => { ${load} } }))`
/** A field of MemoNote that `resolve` computes for each note. */
const resolved = (name: string, resolve: string) =>
  `builder.prismaObjectField(MemoNote, '${name}', (t) => t.int({ nullable: true, description: 'A number.',
    select: { id: true }, resolve: async ({ id }, _args, context) => { ${resolve} } }))`

describe('the number of statements that `rapport plugin check` allows', { timeout: 180_000 }, () => {
  it('is constant for code that runs after the statement', async () => {
    const parts = `
      settings: { workspace: memoSettings },
      permissions: ['memoNote:read'],
      schema: (builder, { MemoNote }) => {
        ${loaded('loadedByPrisma', 'const notes = await context.prisma.memoNote.findMany({ where: { id: { in: ids } } }); return ids.map((id) => notes.find((note) => note.id === id)?.version ?? null)')}
        ${loaded('loadedWithSettings', 'const { days } = await context.settings(memoSettings); return ids.map(() => days)')}
      },`
    const findings = await check(
      await plugins.spoilt({
        'plugin.ts': (text) =>
          (withParts(parts)['plugin.ts']?.(text) ?? text).replace(
            'export default',
            'const memoSettings = z.object({ days: z.int().default(3) })\n\nexport default',
          ),
      }),
      NAME,
    )
    expect(failures(findings)).toEqual({})
    expect(findings.get(NAME)?.notes).toEqual([])
  })

  it('does not grow with the number of records', async () => {
    const parts = `schema: (builder, { MemoNote }) => {
      ${resolved('readForEach', 'return (await context.transaction.query(sql`select 1 as one where ${id}::uuid is not null`)).length')}
    },`
    expect(failures(await check(await plugins.spoilt(withParts(parts)), NAME))).toEqual({
      [NAME]: [
        expect.stringMatching(
          /^MemoNote\.readForEach takes 11 statements for 10 records and 51 for 50\. Code runs after the statement, for MemoNote\.readForEach: it has to read what it needs for all records together\.$/,
        ),
      ],
    })
  })

  it.each([
    ['of which each account has one', 'CREATE UNIQUE INDEX "memo_one" ON "memo_notes"("workspace_id", "account_id");'],
    [
      'of which each account has one at a time',
      `CREATE EXTENSION IF NOT EXISTS btree_gist;
       ALTER TABLE "memo_notes" ADD CONSTRAINT "memo_one" EXCLUDE USING gist
         ("workspace_id" WITH =, "account_id" WITH =, tstzrange("created_at", NULL) WITH &&);`,
    ],
  ])('is also counted for records %s', async (_, sql) => {
    const findings = await check(
      await plugins.spoilt({ 'migrations/0001_init.sql': (text) => `${text}\n${sql}\n` }),
      NAME,
    )
    expect(failures(findings)).toEqual({})
    expect(findings.get(NAME)?.notes).toEqual([])
  })
})
