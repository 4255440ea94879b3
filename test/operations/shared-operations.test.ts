import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { SCHEMA_FILE } from '../../scripts/schema-file.ts'

/** The folder where front-end teams keep their operations. It is outside the repository, so not on every machine. */
const SHARED = join(import.meta.dirname, '../../../shared/operations')
/** Where they keep those of what is wanted next: a file moves up when everything in it works. */
const WANTED = join(SHARED, 'next')

const schema = buildSchema(readFileSync(SCHEMA_FILE, 'utf8'))

describe('operations that a front-end team has written', () => {
  it.each(operationFiles(import.meta.dirname))('%s is valid against schema.graphql', (file) => {
    expect(problemsOf(join(import.meta.dirname, file))).toEqual([])
  })

  describe.skipIf(!existsSync(SHARED))('in the shared folder', () => {
    it.each(operationFiles(import.meta.dirname))('%s is identical to the copy in this repository', (file) => {
      const shared = [SHARED, WANTED].map((folder) => join(folder, file)).find((path) => existsSync(path))
      expect(readFileSync(join(import.meta.dirname, file), 'utf8')).toBe(shared && readFileSync(shared, 'utf8'))
    })

    it.each(operationFiles(SHARED))('%s has a copy in this repository', (file) => {
      expect(operationFiles(import.meta.dirname)).toContain(file)
    })
  })
})

function operationFiles(directory: string): string[] {
  return existsSync(directory)
    ? readdirSync(directory).filter((file) => file.endsWith('.graphql'))
    : ['the folder ../shared/operations']
}

function problemsOf(path: string): string[] {
  return validate(schema, parse(readFileSync(path, 'utf8'))).map(
    (error) => `${error.message} (line ${error.locations?.[0]?.line})`,
  )
}
