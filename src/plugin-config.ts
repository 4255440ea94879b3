/** The module `rapport/config`. It exports the type of the configuration in `rapport.config.ts`. */
export type { InstallationConfig } from './platform/plugins/load/installation-config.ts'
