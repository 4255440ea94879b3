import { readFileSync } from 'node:fs'
import * as z from 'zod'

// Prints each failed test in a JSON report of Vitest, with the first lines of its error.
//
// Usage: node scripts/failed-tests.ts <report>

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
})

/** Number of lines of an error that are printed. */
const MAX_LINES = 12

function print(title: string, reason: string): void {
  console.log(`FAILED ${title}`)
  for (const line of reason.split('\n').slice(0, MAX_LINES)) console.log(`    ${line}`)
}

for (const file of report.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))).testResults) {
  const failed = file.assertionResults.filter(({ status }) => status === 'failed')
  for (const test of failed) print(`${file.name}: ${test.fullName}`, (test.failureMessages ?? []).join('\n'))
  if (failed.length === 0 && file.status === 'failed') print(file.name, file.message ?? 'The file did not load.')
}
