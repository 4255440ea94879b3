import { writeFile } from 'node:fs/promises'
import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema } from 'graphql'
import { composeCore } from '../src/core.ts'
import { committedSchema, SCHEMA_FILE, schemaText } from './schema-file.ts'

const LEVELS = [
  [CriticalityLevel.Breaking, 'Breaking'],
  [CriticalityLevel.Dangerous, 'Dangerous'],
  [CriticalityLevel.NonBreaking, 'Safe'],
] as const

const option = process.argv[2]
if (option !== undefined && option !== '--check') {
  console.error(
    'Usage: node scripts/schema.ts [--check]\nWrites schema.graphql, or with --check fails when it differs from the schema of the code.',
  )
  process.exit(2)
}

const { schema } = await composeCore()
const text = schemaText(schema)
const committed = await committedSchema()

if (text === committed) {
  console.log('schema.graphql is up to date.')
} else {
  printChanges(await changesSince(committed))
  if (option === '--check') {
    console.error(
      'schema.graphql differs from the schema of the code, as listed above. If this is intended, run: npm run schema',
    )
    process.exitCode = 1
  } else {
    await writeFile(SCHEMA_FILE, text)
    console.log('Wrote schema.graphql.')
  }
}

async function changesSince(before: string | null): Promise<Change[]> {
  // Both schemas are parsed from their text, because clients see no more than the text contains.
  return before === null ? [] : diff(buildSchema(before), buildSchema(text))
}

function printChanges(changes: readonly Change[]): void {
  for (const [level, title] of LEVELS) {
    const ofLevel = changes.filter((change) => change.criticality.level === level)
    if (ofLevel.length === 0) continue
    console.log(`${title}:`)
    for (const change of ofLevel) console.log(`- ${change.message}`)
  }
}
