import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
  type OperationDefinitionNode,
  parse,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { at } from '../../../src/testing/answers.ts'

/** A response with everything that a client can read. */
export interface Answer {
  readonly data: unknown
  readonly errors: readonly {
    readonly message: string
    readonly path?: readonly (string | number)[]
    readonly extensions?: unknown
  }[]
  /** Body and headers, in lower case. */
  readonly text: string
}

interface Server {
  fetch(request: Request): Promise<Response>
}

/** Sends operations and records every schema coordinate that they use. */
export interface Asker {
  ask(token: string, query: string, variables?: Readonly<Record<string, unknown>>): Promise<Answer>
  /** Records the coordinates of a subscription, which `openStream` sends. */
  note(query: string, variables?: Readonly<Record<string, unknown>>): void
  /** Coordinates used so far: `Account.name`, `Query.accounts(filter:)`, `AccountFilter.name`. */
  readonly asked: ReadonlySet<string>
}

export function createAsker(server: Server, schema: GraphQLSchema): Asker {
  const asked = new Set<string>()
  const known = new Set<string>()
  const note = (query: string, variables: Readonly<Record<string, unknown>> = {}) => {
    const document = parse(query)
    const operation = document.definitions.find(
      (definition): definition is OperationDefinitionNode => definition.kind === 'OperationDefinition',
    )
    for (const { variable, type } of operation?.variableDefinitions ?? []) {
      const inputType = typeFromAST(schema, type)
      if (isInputType(inputType)) noteValue(inputType, variables[variable.name.value], asked)
    }
    if (known.has(query)) return
    known.add(query)
    const info = new TypeInfo(schema)
    visit(
      document,
      visitWithTypeInfo(info, {
        Field() {
          const parent = info.getParentType()
          const field = info.getFieldDef()
          if (parent && field && !field.name.startsWith('__')) asked.add(`${parent.name}.${field.name}`)
        },
        Argument(node) {
          const parent = info.getParentType()
          asked.add(`${parent?.name}.${info.getFieldDef()?.name}(${node.name.value}:)`)
        },
        ObjectField(node) {
          const parent = getNamedType(info.getParentInputType())
          if (parent) asked.add(`${parent.name}.${node.name.value}`)
        },
      }),
    )
  }
  return {
    asked,
    note,
    async ask(token, query, variables = {}) {
      note(query, variables)
      const response = await server.fetch(
        new Request('http://127.0.0.1/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({ query, variables }),
        }),
      )
      const body = await response.text()
      const parsed: unknown = JSON.parse(body)
      const errors = at(parsed, 'errors')
      return {
        data: at(parsed, 'data') ?? null,
        errors: Array.isArray(errors) ? errors : [],
        text: `${JSON.stringify([...response.headers])} ${body}`.toLowerCase(),
      }
    },
  }
}

function noteValue(type: GraphQLInputType, value: unknown, asked: Set<string>): void {
  const nullable = getNullableType(type)
  if (value === null || value === undefined) return
  if (isListType(nullable)) {
    for (const each of Array.isArray(value) ? value : [value]) noteValue(nullable.ofType, each, asked)
  } else if (isInputObjectType(nullable)) {
    for (const [name, inner] of Object.entries(value)) {
      const field = nullable.getFields()[name]
      asked.add(`${nullable.name}.${name}`)
      if (field) noteValue(field.type, inner, asked)
    }
  }
}
