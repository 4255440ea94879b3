/** A declaration that can't be composed. The message names the owner, the place and what to change. */
export class CompositionError extends Error {
  override readonly name = 'CompositionError'
}
