/** The model files do not fit together. The message names the owners and files, and what to change. */
export class ModelError extends Error {
  override readonly name = 'ModelError'
}
