// Migrates the database of argument 1 with the files of argument 2, and sends the name of each file to the parent
// process, which kills this one.
import { migrate } from '../../src/platform/data/migrations/migrate.ts'

const [url = '', directory = ''] = process.argv.slice(2)
await migrate(url, [{ pluginId: 'core', directory }], { onApply: (_owner, name) => process.send?.(name) })
