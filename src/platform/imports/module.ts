import { defineModule } from '../schema/module.ts'
import { importRecords } from './operation.ts'

/** Records from files, for every object that can be created and updated. */
export const importsModule = defineModule({
  name: 'imports',
  description: 'Records from CSV files, through the same operations as any write.',
  operations: [importRecords],
})
