/** Something that the operator has to mend; the message says what. It is printed as it is, and the command exits with 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
