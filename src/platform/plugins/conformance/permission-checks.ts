import { type Permission, parsePermission } from '../../declare/permission.ts'
import { can, STARTING_ROLES } from '../../permissions/grants.ts'
import { isSensitive } from '../../permissions/guard.ts'
import type { Registry } from '../../registry/object-type.ts'
import { objectBySingular } from '../../registry/registry.ts'
import type { Finding } from './finding.ts'
import type { RootField } from './root-parts.ts'
import { type IsSelected, sampleDocument } from './samples/sample-documents.ts'
import { missingIds } from './samples/sample-ids.ts'
import { type ConformanceApp, type ConformanceResponse, type ConformanceRole, codesOf, failureIn } from './trial-app.ts'

export const ROLES = ['admin', 'member', 'reader', 'nobody'] as const
const ROLE_NAMES: Readonly<Record<ConformanceRole, string>> = {
  admin: 'admin',
  member: 'member',
  reader: 'read-only',
  nobody: '',
}

/**
 * Calls every root field that the plugin adds, as a user of each role. Returns a problem when a user with the required
 * permission is refused, and when a user without the permission is allowed. A field that declares no permission must
 * not return or write anything for a user without any role.
 */
export async function permissionProblems(
  app: ConformanceApp,
  rootFields: readonly RootField[],
): Promise<Omit<Finding, 'check'>> {
  const problems = new Set<string>()
  const notes: string[] = []
  const { registry } = app.runtime
  const idFor = missingIds(registry)
  for (const rootField of rootFields) {
    for (const role of ROLES) {
      // Of the roles that each workspace begins with, only `admin` may read sensitive fields.
      const isSelected = role === 'admin' ? undefined : isNotSensitive
      const { document, variables } = sampleDocument(rootField.kind, rootField.field, idFor, {}, isSelected)
      const response = await app.execute(role, 'acme', document, variables)
      const codes = codesOf(response)
      if (
        failureIn(response) === null &&
        (codes.includes('BAD_USER_INPUT') || codes.includes('GRAPHQL_VALIDATION_FAILED'))
      ) {
        notes.push(`${rootField.field.name} could not be called as ${role}: ${response.errors[0]?.message}`)
        continue
      }
      const sensitivePermission =
        rootField.permission && mayWithRole(role, rootField.permission)
          ? deniedSensitivePermission(registry, response)
          : null
      if (sensitivePermission) {
        notes.push(
          `${rootField.field.name} could not be called as ${role}: its input needs ${sensitivePermission}, which is sensitive`,
        )
        continue
      }
      const problem = problemOf(rootField, role, response)
      if (problem) problems.add(problem)
    }
  }
  return { problems: [...problems], notes }
}

function problemOf(
  { kind, field, permission }: RootField,
  role: ConformanceRole,
  response: ConformanceResponse,
): string | null {
  const isDenied = codesOf(response).includes('FORBIDDEN')
  const failure = failureIn(response)
  if (failure !== null) return `${kind} ${field.name} fails: ${failure}`
  if (permission === null) {
    return role === 'nobody' && !isDenied && hasResult(response, field.name)
      ? `${kind} ${field.name} returns or writes something for a user without any role. Declare a permission for it.`
      : null
  }
  const isAllowed = mayWithRole(role, permission)
  if (isAllowed && isDenied)
    return `${kind} ${field.name} refuses ${role}, who has ${permission}: ${response.errors[0]?.message} Is a permission missing in the plugin's list?`
  if (!isAllowed && !isDenied) return `${kind} ${field.name} allows ${role}, who does not have ${permission}.`
  return null
}

/** Selects the fields that are not sensitive. */
export const isNotSensitive: IsSelected = ({ extensions: { guard } }) => guard?.kind !== 'field' || !guard.isSensitive

/**
 * Returns the permission that a refused caller lacks, when it is the permission to write a sensitive field; otherwise
 * null. Permissions to read are not considered, because the sample documents select no sensitive fields.
 */
function deniedSensitivePermission(registry: Registry, { errors }: ConformanceResponse): string | null {
  for (const { extensions } of errors) {
    const permission = extensions?.['permission']
    const parsed = typeof permission === 'string' ? parsePermission(permission) : null
    const object = parsed && objectBySingular(registry, parsed.object)
    if (parsed?.action === 'read' || !object || parsed.field === null) continue
    if (isSensitive(object, parsed.field)) return `${permission}`
  }
  return null
}

/** Whether a user with the role has the permission, for at least one record. */
export function mayWithRole(role: ConformanceRole, permission: Permission): boolean {
  const permissions = STARTING_ROLES.find(({ name }) => name === ROLE_NAMES[role])?.permissions ?? []
  return can({ permissions: new Set(permissions) }, permission)
}

/** Whether the field has a value in the response and, if it is a payload, no user errors. */
function hasResult({ data }: ConformanceResponse, field: string): boolean {
  const value = data !== null && typeof data === 'object' ? Reflect.get(data, field) : null
  if (value === null || value === undefined) return false
  const userErrors = typeof value === 'object' ? Reflect.get(value, 'userErrors') : null
  return !(Array.isArray(userErrors) && userErrors.length > 0)
}
