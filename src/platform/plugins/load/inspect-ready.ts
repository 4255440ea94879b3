/** Message that the inspection process sends when it is about to import the plugin. */
export const READY = 'ready'
