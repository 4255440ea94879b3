import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql'

/** Coordinates of the schema below the root types, as an `Asker` records them: fields, arguments, fields of inputs. */
export function coordinates(schema: GraphQLSchema, ...roots: (GraphQLNamedType | null | undefined)[]): Set<string> {
  const found = new Set<string>()
  const types = new Set<GraphQLNamedType>()
  const visit = (type: GraphQLNamedType) => {
    if (types.has(type)) return
    types.add(type)
    if (isInterfaceType(type)) for (const possible of schema.getPossibleTypes(type)) visit(possible)
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) {
        found.add(`${type.name}.${field.name}`)
        visit(getNamedType(field.type))
      }
    if (!isObjectType(type) && !isInterfaceType(type)) return
    for (const field of Object.values(type.getFields())) {
      found.add(`${type.name}.${field.name}`)
      visit(getNamedType(field.type))
      for (const arg of field.args) {
        found.add(`${type.name}.${field.name}(${arg.name}:)`)
        visit(getNamedType(arg.type))
      }
    }
  }
  for (const root of roots) if (root) visit(root)
  return found
}

/** Coordinates that no operation used and that are not exempt. */
export function missed(
  all: ReadonlySet<string>,
  asked: ReadonlySet<string>,
  exempt: Readonly<Record<string, string>>,
): string[] {
  return [...all].filter((each) => !asked.has(each) && !isExempt(each, exempt)).sort()
}

function isExempt(coordinate: string, exempt: Readonly<Record<string, string>>): boolean {
  return Object.keys(exempt).some((pattern) => new RegExp(`^(?:${pattern})$`).test(coordinate))
}

/** Exemptions that are not needed: their pattern matches no coordinate, or every one that it matches was used. */
export function idle(
  all: ReadonlySet<string>,
  asked: ReadonlySet<string>,
  exempt: Readonly<Record<string, string>>,
): string[] {
  return Object.keys(exempt).filter(
    (pattern) => ![...all].some((each) => !asked.has(each) && new RegExp(`^(?:${pattern})$`).test(each)),
  )
}
