/** A problem that the operator can correct. Its message is printed unchanged, and the command exits with 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
