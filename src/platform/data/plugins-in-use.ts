/**
 * SQL condition on a row `pa` of `plugin_activations`: the workspace has enabled the plugin, and the plugin is not in
 * quarantine. For statements of the role `rapport_app`, which can't read `installed_plugins`. Such a statement need not
 * check that the plugin is installed, because it is sent only for plugins that this process has loaded.
 */
export const IS_ACTIVE = 'pa.is_enabled and pa.quarantined_at is null'

/**
 * SQL of an aggregate over `PLUGINS_IN_USE`: the settings of the plugins, as in `StoredSettings`, by plugin id. Plugins
 * of which nothing is set are left out.
 */
export const SETTINGS_OF_PLUGINS = `coalesce(
  jsonb_object_agg(pa.plugin_id, jsonb_build_object('installation', ip.settings, 'workspace', pa.settings))
    filter (where ip.settings <> '{}' or pa.settings <> '{}'), '{}')`

/**
 * SQL for FROM: the rows `pa` of `plugin_activations` whose plugins are in use, that is enabled, installed and not in
 * quarantine. Only for statements of the tables' owner, because the role `rapport_app` can't read `installed_plugins`.
 */
export const PLUGINS_IN_USE = `(plugin_activations pa join installed_plugins ip
  on ip.id = pa.plugin_id and ip.state = 'INSTALLED' and ${IS_ACTIVE})`
