import { pathToFileURL } from 'node:url'
import { importFailure } from './import-failure.ts'
import { READY } from './inspect-ready.ts'
import { provideRapport } from './provide-rapport.ts'
import { watchImport } from './watch-import.ts'

// Run by inspect.ts in a process of its own: imports one module and tells what that did beside declaring.

const [entry = '', directory = ''] = process.argv.slice(2)

provideRapport()
// What plugins are declared with is loaded first, so that it is not taken for the plugin's.
await import('../../../plugin.ts')
process.send?.(READY)
const findings = watchImport(`${pathToFileURL(directory).href}/`)
try {
  await import(entry)
  // A timer of 0 ms, or the first step of a connection.
  await new Promise((resolve) => setImmediate(resolve))
} catch (error) {
  findings.add(`Its import failed: ${importFailure(error)}.`)
}
process.send?.(findings.end())
