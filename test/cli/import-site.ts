import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Config, readConfig } from '../../src/config.ts'
import { createWorkspace } from '../../src/modules/workspaces/provision.ts'
import { type Database, openDatabase } from '../../src/platform/data/database.ts'
import { createTestDatabase } from '../../src/testing/test-database.ts'
import { runCommand } from './run-command.ts'

/** The import set of the examples. */
export const SET = resolve('examples/imports/crm-sales-opportunities.json')

/** Files like those of the set, with the same kinds of faults: misspelt values, two writings of a product, empty cells. */
export const FILES = {
  'accounts.csv': `account,sector,year_established,revenue,employees,office_location,subsidiary_of
Sub,technolgy,2001,0.5,10,Philipines,Top
Top,retail,1990,1100.04,2822,Korea,
`,
  'products.csv': 'product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55\n',
  'sales_teams.csv': `sales_agent,manager,regional_office
Mei-Mei Johns,Dustin Brinkmann,Central
Zoë Levy,Dustin Brinkmann,Central
Carl Lin,Summer Sewald,West
`,
  'sales_pipeline.csv': `opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
A1,Mei-Mei Johns,GTXPro,Sub,Won,10/20/2016,3/1/2017,1054.5
A2,Zoë Levy,MG Special,Top,Lost,11/1/2016,1/15/2017,0
A3,Carl Lin,GTX Pro,,Engaging,12/1/2016,,
A4,Carl Lin,MG Special,,Prospecting,,,
`,
}
type Files = Readonly<Record<string, string>>

/** A workspace, and a folder with the files of the set. */
export interface Place {
  readonly slug: string
  readonly workspaceId: string
  readonly files: string
  /** Runs SQL, whose first parameter is the workspace, as the owner of the tables. */
  readonly rows: (text: string) => Promise<Record<string, unknown>[]>
}

/** A database for imports by the command line. */
export interface ImportSite {
  readonly config: Config
  readonly url: string
  readonly database: Database
  /** Creates a workspace, and a folder with the files, some of them changed. */
  place(changed?: Files): Promise<Place>
  /** Runs `rapport import --set`, and returns what it prints. */
  importSet(there: Place, set?: string, ...options: string[]): Promise<string[]>
  /** Writes a changed set, and returns its path. */
  setWith(change: (text: string) => string): Promise<string>
  close(): Promise<void>
}

export async function openImportSite(): Promise<ImportSite> {
  const testDatabase = await createTestDatabase()
  const database = openDatabase(testDatabase.url)
  const config = readConfig({ DATABASE_URL: testDatabase.url, PORT: '0' })
  const folder = await mkdtemp(join(tmpdir(), 'rapport-import-set-'))
  let count = 0
  return {
    config,
    url: testDatabase.url,
    database,
    async place(changed = {}) {
      const slug = `import-${++count}`
      const { workspaceId } = await createWorkspace(database.ownerPool, { slug, adminEmail: `boss@${slug}.example` })
      const files = join(folder, slug)
      await mkdir(files)
      for (const [name, text] of Object.entries({ ...FILES, ...changed })) await writeFile(join(files, name), text)
      return {
        slug,
        workspaceId,
        files,
        rows: async (text) => (await database.ownerPool.query(text, [workspaceId])).rows,
      }
    },
    importSet: ({ slug, files }, set = SET, ...options) =>
      runCommand(config, 'import', '--set', set, '--from', files, '--workspace', slug, ...options),
    async setWith(change) {
      const path = join(folder, `set-${++count}.json`)
      await writeFile(path, change(await readFile(SET, 'utf8')))
      return path
    },
    async close() {
      await database.close()
      await testDatabase.drop()
      await rm(folder, { recursive: true })
    },
  }
}
