/** The module `rapport/config`, with the type of `rapport.config.ts`. */
export type { InstallationConfig } from './platform/plugins/load/installation-config.ts'
