/** A plugin's folder or package can't be loaded. The message names the specifier, the reason and what to do. */
export class PluginLoadError extends Error {
  override readonly name = 'PluginLoadError'
}

/** A plugin can't be installed, upgraded or taken out as things stand. The message says why and what to do. */
export class PluginLifecycleError extends Error {
  override readonly name = 'PluginLifecycleError'
}
