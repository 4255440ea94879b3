import type { Plugin } from '../../../src/platform/declare/plugin.ts'

export type AddFields = NonNullable<Plugin['schema']>

/** A function of the builder, also one that its types do not have. */
export function member(builder: object, name: string): (...args: unknown[]) => unknown {
  return (...args) => Reflect.apply(Reflect.get(builder, name), builder, args)
}

/** Adds the field `grade` to Account with options that the types of the builder may refuse. */
export const grade = (options: object): AddFields => {
  return (builder, { Account }) =>
    member(builder, 'prismaObjectField')(Account, 'grade', (t: { field(options: object): unknown }) =>
      t.field({ type: 'String', nullable: true, description: 'G.', resolve: () => 'A', ...options }),
    )
}

/** Adds a field that leads to other records by a relation. */
export const relation = (name: string, options: object): AddFields => {
  return (builder, { Account }) =>
    member(builder, 'prismaObjectField')(Account, 'grade', (t: { relation(name: string, options: object): unknown }) =>
      t.relation(name, { description: 'R.', ...options }),
    )
}
