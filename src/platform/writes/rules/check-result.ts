import type { UserErrorDeclaration } from '../../declare/rules/user-errors.ts'
import type { Registry } from '../../registry/object-type.ts'

/** Properties that the result of a rule may have. */
export const RULE_RESULT_KEYS = ['patch', 'items', 'existingId', 'refusals'] as const

/** Maximum number of user errors of one result: more than a person reads, and few enough for a response. */
const MAX_ERRORS = 100

/**
 * Checks the result of a plugin's rule, act or operation. Plugins are not necessarily compiled with TypeScript. If a
 * misspelt `refusals` were ignored, a write would be done that the rule refuses.
 * @param allowed Names of the properties that the result may have.
 * @throws Error that says what is wrong with the result.
 */
export function checkRuleResult(registry: Registry, result: unknown, allowed: readonly string[]): void {
  if (result === undefined || result === null) return
  if (!isRecord(result)) throw new Error(`It returns ${typeNameOf(result)} and not an object or nothing.`)
  const unknown = Object.keys(result).find((key) => !allowed.includes(key))
  if (unknown !== undefined) throw new Error(`Its result has ${unknown}; it may have ${allowed.join(', ')}.`)
  const { patch, items, values, existingId, refusals, userErrors } = result
  for (const [name, value] of Object.entries({ patch, items, values }))
    if (value !== undefined && !isRecord(value))
      throw new Error(`Its ${name} is ${typeNameOf(value)} and not an object.`)
  for (const [name, rows] of Object.entries(isRecord(items) ? items : {}))
    if (!Array.isArray(rows) || !rows.every(isRecord))
      throw new Error(`Its items set ${name} to something that is not a list of objects.`)
  if (existingId !== undefined && typeof existingId !== 'string')
    throw new Error(`Its existingId is ${typeNameOf(existingId)} and not a string.`)
  if (refusals !== undefined) checkErrors(registry, 'refusals', refusals)
  if (userErrors !== undefined) checkErrors(registry, 'userErrors', userErrors)
}

/** Checks a list of user errors: the type of each error, and the fields that this type requires. */
function checkErrors(registry: Registry, name: string, errors: unknown): void {
  if (!Array.isArray(errors)) throw new Error(`Its ${name} is ${typeNameOf(errors)} and not a list.`)
  if (errors.length > MAX_ERRORS)
    throw new Error(`It returns ${errors.length} ${name}; ${MAX_ERRORS} at most are allowed.`)
  const types = errorTypes(registry)
  for (const error of errors as readonly unknown[]) {
    if (!isRecord(error))
      throw new Error(`One of its ${name} is ${typeNameOf(error)} and not an error. Create it with userError().`)
    const { typename, code, message, path } = error
    const fields = typeof typename === 'string' ? types.get(typename) : undefined
    if (!fields) throw new Error(`One of its ${name} is of the type ${String(typename)}, which is not an error type.`)
    if (typeof code !== 'string' || typeof message !== 'string')
      throw new Error(`One of its ${name} lacks a code or a message.`)
    const isPath = path === null || (Array.isArray(path) && path.every((key) => typeof key === 'string'))
    if (!isPath) throw new Error(`The path of one of its ${name} is neither a list of strings nor null.`)
    for (const [field, { isNullable }] of Object.entries(fields))
      if (!isNullable && (error[field] === undefined || error[field] === null))
        throw new Error(`One of its ${name}, a ${String(typename)}, lacks ${field}.`)
  }
}

type ErrorFields = NonNullable<UserErrorDeclaration['fields']>

/** Error types of the platform. Fields that only one of these types has are not checked. */
const PLATFORM_TYPES = [
  'InvalidInputError',
  'NotFoundError',
  'DuplicateRecordError',
  'RuleViolation',
  'StaleVersionError',
]
const typesByRegistry = new WeakMap<Registry, ReadonlyMap<string, ErrorFields>>()

/** Returns the error types of the schema by name, with the fields that each declares. */
function errorTypes(registry: Registry): ReadonlyMap<string, ErrorFields> {
  const cached = typesByRegistry.get(registry)
  if (cached) return cached
  const types = new Map<string, ErrorFields>(PLATFORM_TYPES.map((name) => [name, {}]))
  for (const { errors = [] } of registry.plugins) for (const { name, fields = {} } of errors) types.set(name, fields)
  typesByRegistry.set(registry, types)
  return types
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** Returns the type of a value with an article, for messages: `a list`. */
function typeNameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return `a ${typeof value}`
}
