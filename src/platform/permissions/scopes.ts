import type { Scope } from '../declare/permission.ts'

/**
 * For each scope, the scopes whose records it covers: every scope covers the records that are shared with the actor,
 * and every scope but `shared` covers the actor's own records.
 */
const INCLUDED_SCOPES: Readonly<Record<Scope, readonly Scope[]>> = {
  shared: ['shared'],
  own: ['own', 'shared'],
  team: ['team', 'own', 'shared'],
  hierarchy: ['hierarchy', 'own', 'shared'],
}

/** Whether a scope covers all records of another scope. Null stands for a grant without a scope: all records. */
export function includesScope(scope: Scope | null, other: Scope | null): boolean {
  return scope === null || (other !== null && INCLUDED_SCOPES[scope].includes(other))
}

/** Whether at least one of the scopes covers all records of the scope `other`. */
export function oneIncludes(scopes: ReadonlySet<Scope>, other: Scope): boolean {
  return [...scopes].some((scope) => includesScope(scope, other))
}
