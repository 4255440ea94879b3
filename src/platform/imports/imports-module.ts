import { definePlugin } from '../declare/plugin.ts'
import { importRecords } from './import-operation.ts'

/** The core module of imports: the operation `importRecords`, for every object that can be created and updated. */
export const importsPlugin = definePlugin({
  id: 'imports',
  description: 'Imports records from CSV files, with the same rules as every other write.',
  version: '1.0.0',
  api: '^1.0.0',
  operations: [importRecords],
})
