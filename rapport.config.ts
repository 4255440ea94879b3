import type { InstallationConfig } from 'rapport/config'

export default {
  plugins: ['./plugins/nonprofit', './plugins/legal', './plugins/ecommerce'],
} satisfies InstallationConfig
