/**
 * Thrown when a plugin's folder or package can't be loaded. The message names the specifier, the reason and what to
 * do.
 */
export class PluginLoadError extends Error {
  override readonly name = 'PluginLoadError'
}

/** Thrown when a plugin can't be installed, upgraded or removed. The message says why and what to do. */
export class PluginLifecycleError extends Error {
  override readonly name = 'PluginLifecycleError'
}
