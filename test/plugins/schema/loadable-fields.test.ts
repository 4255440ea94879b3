import { afterAll, beforeAll, expect, expectTypeOf, it } from 'vitest'
import { listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount } from '../../support/records.ts'
import { testPlugin } from '../guarded-plugin.ts'

const calls: (readonly string[])[] = []

/** A plugin with fields that another service knows, by what they select. The compiler checks what `resolve` gets. */
const lookup = testPlugin('lookup', {
  permissions: ['*:*'],
  schema(builder, { Account }) {
    builder.prismaObjectField(Account, 'outsideName', (t) =>
      t.loadable({
        type: 'String',
        nullable: true,
        description: 'Its name outside.',
        select: { name: true, parent: { select: { name: true } } },
        load: async (keys: string[]) => {
          calls.push(keys)
          return keys.map((key) => key.toUpperCase())
        },
        resolve(account) {
          expectTypeOf(account).toEqualTypeOf<{ name: string; parent: { name: string } | null }>()
          // @ts-expect-error It is not selected.
          void account.industry
          return account.parent?.name ?? account.name
        },
      }),
    )
    builder.prismaObjectFields(Account, (t) => ({
      outsideLetters: t.loadableList({
        type: 'String',
        description: 'Letters of the name of its first branch.',
        args: { most: t.arg.int({ required: true, description: 'How many.' }) },
        select: ({ most }) => ({ Account_parent: { select: { name: true }, orderBy: { name: 'asc' }, take: most } }),
        load: async (keys: string[]) => keys.map((key) => [...key]),
        resolve: ({ Account_parent: [first] }, { most }) => first?.name.slice(0, most) ?? '',
      }),
    }))
    // Only compiled.
    void (() =>
      builder.prismaObjectField(Account, 'unselected', (t) =>
        // @ts-expect-error It has no `select`.
        t.loadable({ type: 'String', load: async (keys: string[]) => keys, resolve: () => '' }),
      ))
    void (() =>
      builder.prismaObjectField(Account, 'misspelt', (t) =>
        // @ts-expect-error An account has no column `nme`.
        t.loadable({ type: 'String', select: { nme: true }, load: async (keys: string[]) => keys, resolve: () => '' }),
      ))
  },
})

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: lookup }] })
  const acme = await addAccount(app.as('admin'), { name: 'Acme' })
  await addAccount(app.as('admin'), { name: 'Branch', parentId: acme.id })
  await addAccount(app.as('admin'), { name: 'Corp' })
})
afterAll(() => app.close())

it('fields with `t.loadable` and `t.loadableList` select what they need, and load the values of all records in one call', async () => {
  const data = await app
    .as('reader')
    .must('{ accounts(orderBy: [{ name: ASC }]) { nodes { name outsideName outsideLetters(most: 2) } } }')
  expect(listAt(data, 'accounts.nodes')).toEqual([
    { name: 'Acme', outsideName: 'ACME', outsideLetters: ['B', 'r'] },
    { name: 'Branch', outsideName: 'ACME', outsideLetters: [] },
    { name: 'Corp', outsideName: 'CORP', outsideLetters: [] },
  ])
  expect(calls).toEqual([['Acme', 'Corp']])
})
