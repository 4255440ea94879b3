import { definePlugin } from '../declare/plugin.ts'
import { exportRecords } from './export-operation.ts'

/** The core module of exports: the operation `exportRecords`, for every object with a list. */
export const exportsPlugin = definePlugin({
  id: 'exports',
  description: 'Exports records to files, with the permissions and values of the API.',
  version: '1.0.0',
  api: '^1.0.0',
  operations: [exportRecords],
})
