import type { ArgumentValues, FieldArguments } from '../../declare/objects/field-args.ts'
import { requirePermission } from '../../permissions/forbidden.ts'
import type { Reading } from '../reading.ts'
import { checkedDeep } from '../scalar-values.ts'

/**
 * Throws FORBIDDEN when the caller sends an argument and lacks its permission. An argument that is null counts as not
 * sent.
 */
export function requireArguments(
  { actor, isSystem }: Reading,
  declared: FieldArguments,
  args: ArgumentValues,
  coordinate: string,
): void {
  if (isSystem) return
  for (const [name, { permission }] of Object.entries(declared))
    if (permission && args[name] !== undefined && args[name] !== null)
      requirePermission(actor, permission, `The argument ${name} of ${coordinate}`)
}

/**
 * Returns the values of the declared arguments that the client sends.
 * @throws GraphQLError BAD_USER_INPUT for a text that PostgreSQL can't store.
 */
export function argumentValues(declared: FieldArguments, args: ArgumentValues): ArgumentValues {
  const sent = Object.keys(declared).filter((name) => args[name] !== undefined)
  return checkedDeep(Object.fromEntries(sent.map((name) => [name, args[name]])))
}
