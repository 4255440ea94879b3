import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import rapportConfig from '../../../rapport.config.ts'
import { coreParts } from '../../../src/core.ts'
import { addPlugin } from '../../../src/platform/plugins/lifecycle/add-plugin.ts'
import type { Installation } from '../../../src/platform/plugins/lifecycle/installation.ts'
import { type Removal, removePlugin } from '../../../src/platform/plugins/lifecycle/remove-plugin.ts'
import { type CatalogEntry, catalogChanges } from '../../../src/platform/plugins/tables/catalog.ts'
import { createTestInstallation, type TestInstallation } from './installation.ts'

let files: TestInstallation
let installation: Installation
let fresh: CatalogEntry[]
beforeAll(async () => {
  files = await createTestInstallation()
  installation = { configPath: files.configPath, databaseUrl: files.databaseUrl, core: await coreParts() }
  fresh = await files.catalog()
})
afterAll(() => files.close())

describe('removing a shipped plugin with `keep` changes no table, and with `export` or `drop` leaves nothing in the database', () => {
  it.each(rapportConfig.plugins)('%s', async (folder) => {
    const source = join(import.meta.dirname, '../../..', folder)
    const removals: readonly Removal[] = [
      { mode: 'keep' },
      { mode: 'export', directory: join(files.folder, folder) },
      { mode: 'drop' },
    ]
    let installed: CatalogEntry[] | null = null
    for (const removal of removals) {
      const { id } = await addPlugin(installation, source, async () => true)
      installed ??= await files.catalog()
      expect(catalogChanges(installed, await files.catalog())).toEqual([])
      await removePlugin(installation, id, removal)
      const expected = removal.mode === 'keep' ? installed : fresh
      expect(catalogChanges(expected, await files.catalog())).toEqual([])
    }
  })
})
