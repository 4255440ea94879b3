import type { UserErrorDeclaration } from '../../declare/rules/user-errors.ts'
import type { Registry } from '../../registry/object-type.ts'

/** What rules and acts may answer. */
export const RULE_RESULT_KEYS = ['patch', 'items', 'existingId', 'refusals'] as const

/** More than anybody reads, and few enough to be answered. */
const MAX_ERRORS = 100

/**
 * Looks over what a plugin's code has answered: what no compiler would have let through, such as a misspelt `refusals`, must
 * not be taken for consent.
 * @throws Error that says what is wrong with it.
 */
export function checkRuleResult(registry: Registry, answer: unknown, allowed: readonly string[]): void {
  if (answer === undefined || answer === null) return
  if (!isRecord(answer)) throw new Error(`It answers ${kindOf(answer)}, and not an object or nothing.`)
  const unknown = Object.keys(answer).find((key) => !allowed.includes(key))
  if (unknown !== undefined) throw new Error(`Its answer has ${unknown}; it may have ${allowed.join(', ')}.`)
  const { patch, items, values, existingId, refusals, userErrors } = answer
  for (const [name, value] of Object.entries({ patch, items, values }))
    if (value !== undefined && !isRecord(value)) throw new Error(`Its ${name} is ${kindOf(value)}, and no object.`)
  for (const [name, rows] of Object.entries(isRecord(items) ? items : {}))
    if (!Array.isArray(rows) || !rows.every(isRecord)) throw new Error(`Its items set ${name}, and to no list of rows.`)
  if (existingId !== undefined && typeof existingId !== 'string')
    throw new Error(`Its existingId is ${kindOf(existingId)}, and no text.`)
  if (refusals !== undefined) checkErrors(registry, 'refusals', refusals)
  if (userErrors !== undefined) checkErrors(registry, 'userErrors', userErrors)
}

function checkErrors(registry: Registry, name: string, errors: unknown): void {
  if (!Array.isArray(errors)) throw new Error(`Its ${name} is ${kindOf(errors)}, and no list.`)
  if (errors.length > MAX_ERRORS)
    throw new Error(`It answers ${errors.length} ${name}; ${MAX_ERRORS} at most are told.`)
  const types = errorTypes(registry)
  for (const error of errors as readonly unknown[]) {
    if (!isRecord(error))
      throw new Error(`One of its ${name} is ${kindOf(error)}, and no error: make it with userError().`)
    const { typename, code, message, path } = error
    const fields = typeof typename === 'string' ? types.get(typename) : undefined
    if (!fields) throw new Error(`One of its ${name} is of the type ${String(typename)}, which is no type of errors.`)
    if (typeof code !== 'string' || typeof message !== 'string')
      throw new Error(`One of its ${name} lacks a code or a message.`)
    const isPath = path === null || (Array.isArray(path) && path.every((key) => typeof key === 'string'))
    if (!isPath) throw new Error(`The path of one of its ${name} is no list of texts, and not null.`)
    for (const [field, { isNullable }] of Object.entries(fields))
      if (!isNullable && (error[field] === undefined || error[field] === null))
        throw new Error(`One of its ${name}, a ${String(typename)}, lacks ${field}.`)
  }
}

type ErrorFields = NonNullable<UserErrorDeclaration['fields']>

const PLATFORM_TYPES = [
  'InvalidInputError',
  'NotFoundError',
  'DuplicateRecordError',
  'RuleViolation',
  'StaleVersionError',
]
const known = new WeakMap<Registry, ReadonlyMap<string, ErrorFields>>()

/** Every type of error in the schema, with the fields of its own. */
function errorTypes(registry: Registry): ReadonlyMap<string, ErrorFields> {
  const found = known.get(registry)
  if (found) return found
  const types = new Map<string, ErrorFields>(PLATFORM_TYPES.map((name) => [name, {}]))
  for (const { errors = [] } of registry.plugins) for (const { name, fields = {} } of errors) types.set(name, fields)
  known.set(registry, types)
  return types
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return `a ${typeof value}`
}
