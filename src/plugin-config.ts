/** What `rapport.config.ts` is typed with, as `rapport/config`. */
export type { InstallationConfig } from './platform/plugins/load/installation-config.ts'
