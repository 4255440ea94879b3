/** A problem that the operator can correct. The command prints only its message and exits with 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
