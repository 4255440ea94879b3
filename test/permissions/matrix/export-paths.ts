import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import { extraPermission } from './schema.ts'

/** A path that an export can have, and the selection with which a list of the API returns the same value. */
export interface ExportPath {
  /** Field of the object with which the path begins. */
  readonly field: string
  readonly path: string
  readonly selection: string
}

/** Returns the paths of all values of a type: its own, those of its parts, and the plain ones of related records. */
export function exportPaths(schema: GraphQLSchema, typeName: string): ExportPath[] {
  const type = schema.getType(typeName)
  return type ? pathsBelow(schema, type, 2) : []
}

function pathsBelow(schema: GraphQLSchema, type: GraphQLNamedType, depth: number): ExportPath[] {
  const own = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []
  const names = new Set(own.map(({ name }) => name))
  const ofMembers = isAbstractType(type)
    ? schema.getPossibleTypes(type).flatMap((member) =>
        Object.values(member.getFields()).flatMap((field) =>
          names.has(field.name)
            ? []
            : pathsOf(schema, field, 0).map((each) => ({
                ...each,
                selection: `... on ${member.name} { ${each.selection} }`,
              })),
        ),
      )
    : []
  const all = [...own.flatMap((field) => pathsOf(schema, field, depth)), ...(depth === 2 ? ofMembers : [])]
  return [...Map.groupBy(all, ({ path }) => path).values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, selection: [first, ...others].map(({ selection }) => selection).join(' ') }] : [],
  )
}

function pathsOf(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, depth: number): ExportPath[] {
  const { name, args } = field
  const isPaged = args.some((argument) => argument.name === 'first')
  if (isPaged || args.some(isRequiredArgument) || extraPermission(field) !== null) return []
  const type = getNamedType(field.type)
  if (isLeafType(type)) return [{ field: name, path: name, selection: name }]
  const isRecord = isInterfaceType(type) || (isObjectType(type) && type.getInterfaces().length > 0)
  const inner = isRecord
    ? depth === 2
      ? pathsBelow(schema, type, 1).filter(({ path }) => !path.includes('.'))
      : [{ path: 'id', selection: 'id' }]
    : pathsBelow(schema, type, 1)
  return inner.map((each) => ({
    field: name,
    path: `${name}.${each.path}`,
    selection: `${name} { ${each.selection} }`,
  }))
}

/** Returns the list in parts that fit into one export. */
export function inParts<Item>(items: readonly Item[], size = 100): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
