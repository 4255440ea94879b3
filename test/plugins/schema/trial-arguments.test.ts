import { beforeAll, describe, expect, it } from 'vitest'
import { badArgument } from '../../../src/plugin.ts'
import { composer, one } from './compose-plugins.ts'
import type { AddFields } from './schema-field-makers.ts'

let compose: Awaited<ReturnType<typeof composer>>
beforeAll(async () => {
  compose = await composer()
})

const composed = (schema: AddFields) => compose(one({ schema }))

describe('the selection of a field with required arguments is tried when the schema is composed', () => {
  it('with a sample value of each required argument, the defaults, and without the other arguments', () => {
    const tried: object[] = []
    composed((builder, { Account }) => {
      const Level = builder.enumType('OneLevel', {
        description: 'L.',
        values: { LOW: { value: 7 }, HIGH: { value: 8 } },
      })
      const Span = builder.inputType('OneSpan', {
        description: 'S.',
        fields: (t) => ({
          from: t.field({ type: 'Date', required: true, description: 'F.' }),
          until: t.field({ type: 'Date', description: 'U.' }),
          marks: t.intList({ required: true, description: 'M.' }),
        }),
      })
      builder.prismaObjectField(Account, 'grade', (t) =>
        t.string({
          description: 'G.',
          args: {
            asOf: t.arg({ type: 'DateTime', required: true, description: 'A.' }),
            level: t.arg({ type: Level, required: true, description: 'L.' }),
            spans: t.arg({ type: [Span], required: true, description: 'S.' }),
            most: t.arg.int({ required: true, defaultValue: 5, description: 'M.' }),
            like: t.arg.string({ description: 'L.' }),
          },
          select(args) {
            tried.push(args)
            return {
              id: true,
              Account_parent: {
                where: { createdAt: { lt: new Date(args.asOf) } },
                take: args.most,
                select: { id: true },
              },
            }
          },
          resolve: () => 'A',
        }),
      )
    })
    expect(tried).toEqual([
      {
        asOf: new Date(0),
        level: 7,
        spans: [{ from: '2024-05-01', marks: [] }],
        most: 5,
      },
    ])
  })

  it('also for a relation', () => {
    const add: AddFields = (builder, { Account }) =>
      builder.prismaObjectField(Account, 'older', (t) =>
        t.relation('Account_parent', {
          type: Account,
          description: 'O.',
          args: { asOf: t.arg({ type: 'Date', required: true, description: 'A.' }) },
          query: ({ asOf }) => ({ where: { createdAt: { lt: new Date(asOf) } } }),
        }),
      )
    expect(() => composed(add)).not.toThrow()
  })

  const dated = (check: (asOf: string) => void): AddFields => {
    return (builder, { Account }) =>
      builder.prismaObjectField(Account, 'grade', (t) =>
        t.string({
          description: 'G.',
          args: { asOf: t.arg.string({ required: true, description: 'A day.' }) },
          select({ asOf }) {
            check(asOf)
            return { Account_parent: { where: { createdAt: { lt: new Date(asOf) } }, select: { id: true } } }
          },
          resolve: () => 'A',
        }),
      )
  }

  it('and the error says so, with the arguments and what to do', () => {
    expect(() => composed(dated(() => undefined))).toThrow(
      /^one: Account\.grade can't be read: `where` compares createdAt with a Date that is no time.* trial .*\{ asOf: 'a' \}.*`badArgument`/,
    )
  })

  it('but may refuse the sample', () => {
    const refuse = (asOf: string) => {
      if (Number.isNaN(Date.parse(asOf))) throw badArgument('`asOf` is no day.')
    }
    expect(() => composed(dated(refuse))).not.toThrow()
  })
})
