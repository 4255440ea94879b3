import type { OperationInputField } from '../../declare/rules/operation-input.ts'
import { invalid, type UserError } from '../../declare/rules/user-errors.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { PluginPart } from '../../sandbox/failure.ts'
import { runWithTimeLimit } from '../../sandbox/time-limit.ts'

type InputFields = Readonly<Record<string, OperationInputField>>

/** Milliseconds for code of the schemas of an input, such as `refine`. */
const PARSE_BUDGET_MS = 1_000

/** An input that was checked by the schemas of its fields. */
interface ParsedInput {
  /** The declared fields, with the values that their schemas return. */
  readonly input: Values
  /** An error for each value that does not match its schema, in the order of the declaration. */
  readonly errors: readonly UserError[]
}

/**
 * Checks the input of an operation or act by the schemas that its fields declare, those inside of declared input types
 * first.
 * @throws PluginFailedError when code of a schema throws or takes too long.
 */
export async function parseDeclaredInput(part: PluginPart, fields: InputFields, input: Values): Promise<ParsedInput> {
  if (!hasSchemas(fields)) return { input, errors: [] }
  return await runWithTimeLimit(part, PARSE_BUDGET_MS, () => {
    const errors: UserError[] = []
    return { input: parseFields(fields, input, ['input'], errors), errors }
  })
}

/**
 * Whether a field of the input, or of a declared input type in it, has a schema.
 * @param visited Fields that are not looked at again: a declared type may contain itself.
 */
function hasSchemas(fields: InputFields, visited: Set<InputFields> = new Set()): boolean {
  if (visited.has(fields)) return false
  visited.add(fields)
  return Object.values(fields).some(
    ({ schema, type }) => schema !== undefined || (typeof type !== 'string' && hasSchemas(type.fields, visited)),
  )
}

function parseFields(fields: InputFields, values: Values, path: readonly string[], errors: UserError[]): Values {
  // In the order of the declaration, which is that of the errors.
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      Object.hasOwn(values, name) ? [[name, parseField(field, values[name], [...path, name], errors)] as const] : [],
    ),
  )
}

function parseField(
  { type, schema }: OperationInputField,
  value: unknown,
  path: readonly string[],
  errors: UserError[],
): unknown {
  if (value === null || value === undefined) return value
  const inner = typeof type === 'string' ? value : parseDeclared(type.fields, value, path, errors)
  if (!schema) return inner
  const parsed = schema.safeParse(inner)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) errors.push(invalid([...path, ...issue.path.map(String)], issue.message))
  return inner
}

/** Parses a value of a declared input type, or a list of such values. */
function parseDeclared(fields: InputFields, value: unknown, path: readonly string[], errors: UserError[]): unknown {
  if (Array.isArray(value))
    return value.map((element: unknown, index) => parseDeclared(fields, element, [...path, String(index)], errors))
  if (value === null || typeof value !== 'object') return value
  return parseFields(fields, Object.fromEntries(Object.entries(value)), path, errors)
}
