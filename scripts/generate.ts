import { join } from 'node:path'
import { readModelFiles } from '../src/platform/data/models/compose-models.ts'
import { readModels } from '../src/platform/data/models/models.ts'
import { printModelTypes } from '../src/platform/data/models/print-model-types.ts'
import { generatePrismaTypes } from '../src/platform/data/prisma/generate-types.ts'
import { writeWhenChanged } from '../src/platform/data/write-when-changed.ts'
import { writeProjectTypes } from '../src/platform/plugins/authoring/project-types.ts'

// Generates the TypeScript types of the models: of core, and of the plugins in plugins/ and examples/.

const root = join(import.meta.dirname, '..')
const core = await readModelFiles('core', join(root, 'prisma/models'))
const models = readModels([core])
await writeWhenChanged(join(root, 'generated/models.ts'), printModelTypes(models))
await generatePrismaTypes(models.schema, join(root, 'generated/prisma'))
await writeProjectTypes(core, root)
