/** What the process of an inspection sends when it is about to import the plugin. */
export const READY = 'ready'
