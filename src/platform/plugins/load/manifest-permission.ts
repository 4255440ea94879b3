import { z } from 'zod'
import { parsePermission } from '../../declare/permission.ts'

/** A permission in a manifest: of an object, or of one field of an object, without a scope. */
export const manifestPermission = z.string().superRefine((text, { addIssue }) => {
  const message = problemWith(text)
  if (message !== null) addIssue({ code: 'custom', message: `${JSON.stringify(text)} ${message}` })
})

/**
 * Actions that are done to single fields. A grant of any other action with a field, or of `*`, would allow the action on
 * the whole record, such as its deletion, and so more than is written.
 */
const FIELD_ACTIONS: readonly string[] = ['read', 'create', 'update']

/** Returns what is wrong with a permission, as the end of a sentence without a full stop; null when nothing is. */
function problemWith(text: string): string | null {
  const parsed = parsePermission(text)
  if (!parsed)
    return 'is not a permission. Write <object>:<action>, such as account:read, or <object>.<field>:<action> for one field, such as account.name:read; * stands for any object or any action'
  const { field, action, scope } = parsed
  if (scope !== null)
    return `has a scope, which a manifest can't have: which records the code may read and write is decided by the caller's permissions. Leave out @${scope}`
  if (field !== null && !FIELD_ACTIONS.includes(action))
    return `is not an action on one field. Write ${FIELD_ACTIONS.map((name) => `${text.slice(0, text.indexOf(':'))}:${name}`).join(', ')}, or the action on the whole object`
  return null
}
