/**
 * SQL condition: the workspace of the activation `pa` has enabled the plugin, and it is not in quarantine. For statements
 * that run as the application's role, which can't read `installed_plugins`; their caller has loaded the plugin already.
 */
export const IS_ACTIVE = 'pa.is_enabled and pa.quarantined_at is null'

/**
 * SQL of a joined table, for FROM: the activations `pa` of plugins that are in use, which is enabled, installed and not in
 * quarantine. Only the owner of the tables can read it.
 */
export const PLUGINS_IN_USE = `(plugin_activations pa join installed_plugins ip
  on ip.id = pa.plugin_id and ip.state = 'INSTALLED' and ${IS_ACTIVE})`
