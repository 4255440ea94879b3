import { z } from 'zod'
import { graphqlName, sentence } from './check-shapes.ts'

// A declared type may contain itself, such as a tree, and zod would follow it without end. So the shapes below check
// one level, and `typeProblems` checks the types in it.

const onlyTrue = z.literal(true).optional()
const type = z.union(
  [z.string(), z.custom<object>((value) => value !== null && typeof value === 'object' && !Array.isArray(value))],
  'is neither the name of a type nor a declared type',
)

const inputShape = {
  description: sentence,
  type,
  isList: onlyTrue,
  isRequired: onlyTrue,
  defaultValue: z.unknown().optional(),
  schema: z.custom<z.ZodType>((value) => value instanceof z.ZodType, 'is not a schema of zod').optional(),
}

/** Fields of an operation's input, or of an input type that it declares. */
export const inputFields = z.record(graphqlName, z.strictObject({ ...inputShape, isSecret: onlyTrue }))

/** Fields of an act's input. */
export const actInputFields = z.record(graphqlName, z.strictObject(inputShape))

const outputShape = { type, isList: onlyTrue, isNullable: onlyTrue, isSecret: onlyTrue }

/** Fields of an operation's payload, or of a type that an operation or query declares. */
export const outputFields = z.record(graphqlName, z.strictObject({ description: sentence, ...outputShape }))

/** The value of a query. */
export const answerShape = z.strictObject({ description: sentence.optional(), ...outputShape })

const named = { name: graphqlName, description: sentence }
const inputType = z.strictObject({ ...named, isOneOf: onlyTrue, fields: inputFields })
const outputType = z.strictObject({ ...named, fields: outputFields })
const enumType = z.strictObject({ ...named, values: z.record(z.string(), sentence) })

/** The parts of a plugin that declare types. */
interface DeclaringParts {
  readonly acts?: readonly { readonly input?: z.infer<typeof actInputFields> | undefined }[] | undefined
  readonly operations?:
    | readonly { readonly input: z.infer<typeof inputFields>; readonly payload: z.infer<typeof outputFields> }[]
    | undefined
  readonly queries?: readonly { readonly answer: z.infer<typeof answerShape> }[] | undefined
}

/**
 * Returns the problems of the types that a plugin's acts, operations and queries declare, one sentence each, with the path in
 * the declaration. Whether the types fit together in one schema is checked when the plugin is composed.
 */
export function typeProblems({ acts = [], operations = [], queries = [] }: DeclaringParts): string[] {
  const visited = new Set<unknown>()
  return [
    ...acts.flatMap(({ input = {} }, index) => inFields(`acts[${index}].input`, input, 'input', visited)),
    ...operations.flatMap(({ input, payload }, index) => [
      ...inFields(`operations[${index}].input`, input, 'input', visited),
      ...inFields(`operations[${index}].payload`, payload, 'output', visited),
    ]),
    ...queries.flatMap(({ answer }, index) => inFields(`queries[${index}]`, { answer }, 'output', visited)),
  ]
}

type Use = 'input' | 'output'

function inFields(
  path: string,
  fields: Readonly<Record<string, { readonly type: unknown }>>,
  use: Use,
  visited: Set<unknown>,
): string[] {
  return Object.entries(fields).flatMap(([name, field]) => inType(`${path}.${name}.type`, field.type, use, visited))
}

function inType(path: string, declared: unknown, use: Use, visited: Set<unknown>): string[] {
  if (declared === null || typeof declared !== 'object' || visited.has(declared)) return []
  visited.add(declared)
  if (use === 'output' && 'values' in declared) return issuesOf(path, enumType.safeParse(declared).error)
  const parsed = (use === 'input' ? inputType : outputType).safeParse(declared)
  return parsed.success ? inFields(`${path}.fields`, parsed.data.fields, use, visited) : issuesOf(path, parsed.error)
}

function issuesOf(path: string, error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map((issue) => {
    const place = [path, z.core.toDotPath(issue.path)].filter((part) => part !== '').join('.')
    const reasons = issue.code === 'invalid_key' ? issue.issues.map(({ message }) => message).join(' ') : issue.message
    return `${place}: ${reasons}.`
  })
}
