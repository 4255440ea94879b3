import { invalid, type UserError } from '../../../platform/declare/rules/user-errors.ts'

/** Returns an error unless a number is that of the version that was sent last. */
export function versionErrors(
  { versionNumber: sent }: { readonly versionNumber: number | null },
  versionNumber: number,
): UserError[] {
  if (sent === versionNumber) return []
  const why = sent === null ? 'No version was sent.' : `The version that was sent last is ${sent}.`
  return [invalid(['input', 'versionNumber'], why)]
}
