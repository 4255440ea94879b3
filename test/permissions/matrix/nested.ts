import { getNamedType, isObjectType } from 'graphql'
import { at } from '../../../src/testing/answers.ts'
import type { Subject } from './fields.ts'
import { conditionsOf } from './filters.ts'
import type { Fixture } from './fixture.ts'
import { listsOf, ordersOf } from './records.ts'
import { camel, extraPermission, inputFields } from './schema.ts'

/**
 * Filters and sorts the lists within records by each field: once as a caller who may read every other field, and once
 * as one who may read only that field. Where the object also has a root list, one field of each nested list is enough.
 */
export async function filterNestedLists(fixture: Fixture, { token, grant }: Subject, found: string[]): Promise<void> {
  const { schema, shapes, records, asker } = fixture
  const rooted = new Set(listsOf(fixture).keys())
  const tried = new Set<string>()
  let turn = 0
  for (const shape of shapes)
    for (const field of shape.fields) {
      const filter = field.args.find(({ name }) => name === 'filter')
      const object = filter ? getNamedType(filter.type).name.replace(/Filter$/, '') : null
      const record = records.find((each) => each.shape === shape)
      if (object === null || !record || tried.has(`${shape.object}.${field.name}`)) continue
      tried.add(`${shape.object}.${field.name}`)
      const type = schema.getType(object)
      const extra =
        type && isObjectType(type)
          ? Object.values(type.getFields())
              .filter((each) => extraPermission(each) !== null)
              .map(({ name }) => name)
          : []
      const named = inputFields(schema.getType(`${object}Filter`))
        .map(({ name }) => name)
        .filter((name) => !extra.includes(name))
      const ways = [
        ...conditionsOf(schema, `${object}Filter`)
          .filter((each) => named.includes(each.field))
          .map((each) => ({ name: each.field, args: `filter: { ${each.text} }` })),
        ...ordersOf(fixture, object).map((name) => ({ name, args: `orderBy: [{ ${name}: DESC }]` })),
      ].filter(
        ({ name }) =>
          name !== 'id' && name !== 'version' && !(camel(object) === shape.permission && name === field.name),
      )
      const isKnown = rooted.has(object) || tried.has(object)
      tried.add(object)
      for (const way of isKnown ? [ways[turn++ % ways.length]] : ways) {
        if (!way) continue
        const target = camel(object)
        const all = [...new Set([...ways.map(({ name }) => name)])]
        const text = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${shape.type} { ${field.name}(${way.args}) { totalCount } } } }`
        for (const [readable, isAllowed] of [
          [all.filter((name) => name !== way.name), false],
          [[way.name], true],
        ] as const) {
          await grant([`${shape.permission}.${field.name}:read`, ...readable.map((name) => `${target}.${name}:read`)])
          const { errors } = await asker.ask(token, text, { ids: [record.id] })
          const permission = at(errors[0]?.extensions, 'permission') ?? errors[0]?.message ?? null
          if (permission !== (isAllowed ? null : `${target}.${way.name}:read`))
            found.push(
              `${shape.type}.${field.name}(${way.args}) is ${isAllowed ? 'refused' : 'answered'}: ${String(permission)}`,
            )
        }
      }
    }
}
