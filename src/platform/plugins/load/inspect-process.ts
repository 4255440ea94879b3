import { pathToFileURL } from 'node:url'
import { importFailure } from './import-failure.ts'
import { READY } from './inspect-ready.ts'
import { provideRapport } from './provide-rapport.ts'
import { watchImport } from './watch-import.ts'

// Run by inspect.ts in a separate process: imports one module and sends what the import did besides declaring parts.

const [entry = '', directory = ''] = process.argv.slice(2)

provideRapport()
// `rapport/plugin` is loaded before the import is watched, so that its effects are not attributed to the plugin.
await import('../../../plugin.ts')
process.send?.(READY)
const findings = watchImport(`${pathToFileURL(directory).href}/`)
try {
  await import(entry)
  // Lets a timer of 0 ms and the first step of a connection run.
  await new Promise((resolve) => setImmediate(resolve))
} catch (error) {
  findings.add(`Its import failed: ${importFailure(error)}.`)
}
process.send?.(findings.end())
