import { pathToFileURL } from 'node:url'
import { importFailure } from './import-failure.ts'
import { READY } from './inspect-ready.ts'
import { provideRapport } from './provide-rapport.ts'
import { watchImport } from './watch-import.ts'

// inspect.ts runs this file in a separate process. It imports a plugin's module, and sends the findings to the parent
// process: what the import did besides declaring the plugin's parts, such as objects and rules.

const [entry = '', directory = ''] = process.argv.slice(2)

provideRapport()
// `rapport/plugin` is loaded before the watching begins, so that what its import does is not attributed to the plugin.
await import('../../../plugin.ts')
process.send?.(READY)
const findings = watchImport(`${pathToFileURL(directory).href}/`)
try {
  await import(entry)
  // Waits until a timer of 0 ms and the first step of a connection have run, so that they are watched too.
  await new Promise((resolve) => setImmediate(resolve))
} catch (error) {
  findings.add(`Its import failed: ${importFailure(error)}.`)
}
process.send?.(findings.end())
