// biome-ignore lint/performance/noBarrelFile: the public entry `rapport/config`.
export type { InstallationConfig } from './platform/plugins/installation-config.ts'
