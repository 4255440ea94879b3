/**
 * Thrown for a declaration that can't be composed. The message names the plugin, the declaration and what to change.
 */
export class CompositionError extends Error {
  override readonly name = 'CompositionError'
}
