import { uuidv7 } from 'uuidv7'
import { type Permission, parsePermission } from '../../declare/permission.ts'
import { encodeId } from '../../declare/record-id.ts'
import { can, STARTING_ROLES } from '../../permissions/grants.ts'
import { isSensitive } from '../../permissions/guard.ts'
import type { Registry } from '../../registry/object-type.ts'
import { objectBySingular } from '../../registry/registry.ts'
import type { Finding } from './finding.ts'
import { objectOfInput, type RootPart } from './root-parts.ts'
import { type IsSelected, sampleDocument } from './samples/sample-documents.ts'
import type { IdFor } from './samples/sample-inputs.ts'
import { type ConformanceAnswer, type ConformanceApp, type ConformanceRole, codesOf } from './trial-app.ts'

const ROLES = ['admin', 'member', 'reader', 'nobody'] as const
const ROLE_NAMES: Readonly<Record<ConformanceRole, string>> = {
  admin: 'admin',
  member: 'member',
  reader: 'read-only',
  nobody: '',
}

/**
 * Asks every root field that the plugin brings as every role: who has the permission it asks for is let through, everybody
 * else is refused, and who has no role at all gets nothing.
 */
export async function permissionProblems(
  app: ConformanceApp,
  parts: readonly RootPart[],
): Promise<Omit<Finding, 'check'>> {
  const problems: string[] = []
  const notes: string[] = []
  const { registry } = app.runtime
  const idFor = missingIds(registry)
  for (const part of parts) {
    for (const role of ROLES) {
      // Only who may do everything reaches a sensitive field by a starting role.
      const isSelected = role === 'admin' ? undefined : isNotSensitive
      const { document, variables } = sampleDocument(part.kind, part.field, idFor, {}, isSelected)
      const answer = await app.ask(role, 'acme', document, variables)
      const codes = codesOf(answer)
      if (codes.includes('BAD_USER_INPUT') || codes.includes('GRAPHQL_VALIDATION_FAILED')) {
        notes.push(`${part.field.name} could not be asked as ${role}: ${answer.errors[0]?.message}`)
        continue
      }
      const sensitive = part.permission && mayWithRole(role, part.permission) ? unwritable(registry, answer) : null
      if (sensitive) {
        notes.push(`${part.field.name} could not be asked as ${role}: its input needs ${sensitive}, which is sensitive`)
        continue
      }
      const problem = problemOf(part, role, answer)
      if (problem) problems.push(problem)
    }
  }
  return { problems, notes }
}

function problemOf(
  { kind, field, permission }: RootPart,
  role: ConformanceRole,
  answer: ConformanceAnswer,
): string | null {
  const isDenied = codesOf(answer).includes('FORBIDDEN')
  const failed = answer.errors.find(
    ({ extensions }) => extensions?.['code'] === 'PLUGIN_FAILED' || extensions?.['code'] === 'INTERNAL',
  )
  if (failed) return `${kind} ${field.name} as ${role} fails: ${failed.message}`
  if (permission === null) {
    return role === 'nobody' && !isDenied && isDone(answer, field.name)
      ? `${kind} ${field.name} does something for a caller without any role. Give it a permission.`
      : null
  }
  const isAllowed = mayWithRole(role, permission)
  if (isAllowed && isDenied)
    return `${kind} ${field.name} refuses ${role}, who has ${permission}: ${answer.errors[0]?.message} Is a permission missing in the plugin's list?`
  if (!isAllowed && !isDenied) return `${kind} ${field.name} lets ${role} through without ${permission}.`
  return null
}

const isNotSensitive: IsSelected = ({ extensions: { guard } }) => guard?.kind !== 'field' || !guard.isSensitive

/** The permission to write a sensitive field for lack of which an answer was refused, or null: none is selected to be read. */
function unwritable(registry: Registry, { errors }: ConformanceAnswer): string | null {
  for (const { extensions } of errors) {
    const permission = extensions?.['permission']
    const parsed = typeof permission === 'string' ? parsePermission(permission) : null
    const object = parsed && objectBySingular(registry, parsed.object)
    if (parsed?.action === 'read' || !object || parsed.field === null) continue
    if (isSensitive(object, parsed.field)) return `${permission}`
  }
  return null
}

function mayWithRole(role: ConformanceRole, permission: Permission): boolean {
  const permissions = STARTING_ROLES.find(({ name }) => name === ROLE_NAMES[role])?.permissions ?? []
  return can({ permissions: new Set(permissions) }, permission)
}

/** Whether an answer without errors says that something was done or found. */
function isDone({ data }: ConformanceAnswer, field: string): boolean {
  const value = data !== null && typeof data === 'object' ? Reflect.get(data, field) : null
  if (value === null || value === undefined) return false
  const userErrors = typeof value === 'object' ? Reflect.get(value, 'userErrors') : null
  return !(Array.isArray(userErrors) && userErrors.length > 0)
}

/** Well-formed ids of records that are not there. */
export function missingIds(registry: Registry): IdFor {
  return (field) => encodeId(objectOfInput(registry, field)?.prefix ?? 'account', uuidv7())
}
