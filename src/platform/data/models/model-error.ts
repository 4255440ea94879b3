/**
 * Thrown when model files are not valid or conflict with each other. The message names the plugins and files, and says
 * what to change.
 */
export class ModelError extends Error {
  override readonly name = 'ModelError'
}
