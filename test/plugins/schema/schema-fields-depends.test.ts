import { beforeAll, describe, expect, it } from 'vitest'
import { composer, one, thing, two } from './compose-plugins.ts'
import { type AddFields, grade, member } from './schema-field-makers.ts'

let compose: Awaited<ReturnType<typeof composer>>
beforeAll(async () => {
  compose = await composer()
})

const schema = (add: AddFields) => one({ schema: add })

describe('a plugin that does not depend on another', () => {
  const base = two({ objects: [thing('two', { plural: 'twoThings' })] })
  it.each<[string, AddFields]>([
    ['adds no field to its object', (_, objects) => Reflect.get(objects, 'TwoThing')],
    [
      'returns no record of it',
      (builder) =>
        builder.queryField('bestThing', (t) =>
          t.field({
            type: 'TwoThing' as never,
            nullable: true,
            description: 'T.',
            permission: 'account:read',
            resolve: () => null as never,
          }),
        ),
    ],
    [
      'requires no permission of it',
      (builder) =>
        builder.queryField('bestThing', (t) =>
          t.int({ description: 'T.', permission: 'twoThing:read', resolve: () => 1 }),
        ),
    ],
    ['selects no records of it', grade({ select: { two_Thing_account: { select: { name: true } } } })],
  ])('%s', (_what, add) => {
    expect(() => compose(base, schema(add))).toThrow(/one.*two, on which it does not depend/)
    expect(() => compose(base, one({ schema: add, depends: { two: '^1.0.0' } }))).not.toThrow()
  })

  it('can not add a field that another plugin adds', () => {
    const add = grade({ select: { name: true } })
    expect(() => compose(schema(add), two({ schema: add }))).toThrow(/Account\.grade.*one and two.*Rename/)
  })
})

it('a field that selects a sensitive field has to be sensitive too', () => {
  const base = two({ objects: [thing('two', { plural: 'twoThings', columns: { name: { sensitive: true } } })] })
  const add =
    (options: object): AddFields =>
    (builder, objects) =>
      member(builder, 'prismaObjectField')(
        Reflect.get(objects, 'TwoThing'),
        'grade',
        (t: { string(options: object): unknown }) =>
          t.string({ description: 'G.', select: { name: true }, resolve: () => 'A', ...options }),
      )
  const using = (options: object) => one({ depends: { two: '^1.0.0' }, schema: add(options) })
  expect(() => compose(base, using({}))).toThrow(
    /^one: TwoThing\.grade .*TwoThing\.name, which is sensitive.*`sensitive: true`/,
  )
  expect(() => compose(base, using({ sensitive: true }))).not.toThrow()
})

it('a field can not select values of related records whose reads are audited', () => {
  const base = two({ objects: [thing('two', { plural: 'twoThings', auditsReads: true })] })
  const selecting = (select: object) =>
    one({ depends: { two: '^1.0.0' }, schema: grade({ select: { two_Thing_account: { select } } }) })
  expect(() => compose(base, selecting({ name: true }))).toThrow(
    /^one: Account\.grade .*reads of TwoThing are audited.*`t\.relation`/,
  )
  expect(() => compose(base, selecting({ id: true }))).not.toThrow()
})
