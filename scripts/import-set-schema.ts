import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { importSetSchema } from '../src/platform/imports/sets/import-set.ts'

// Writes the JSON schema of import sets, with which an editor checks and completes them.

const path = join(import.meta.dirname, '../examples/imports/import-set.schema.json')
await writeFile(path, `${JSON.stringify(z.toJSONSchema(importSetSchema), null, 2)}\n`)
