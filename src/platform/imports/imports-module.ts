import { definePlugin } from '../declare/plugin.ts'
import { importRecords } from './import-operation.ts'

/** Records from files, for every object that can be created and updated. */
export const importsPlugin = definePlugin({
  id: 'imports',
  description: 'Records from CSV files, through the same operations as any write.',
  version: '1.0.0',
  api: '^1.0.0',
  operations: [importRecords],
})
