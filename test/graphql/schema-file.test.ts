import { describe, expect, it } from 'vitest'
import { committedSchema, schemaText } from '../../scripts/schema-file.ts'
import { composeCore } from '../../src/core.ts'
import { words } from '../../src/platform/graphql/descriptions.ts'
import { describedElements } from './descriptions.ts'

const { schema } = await composeCore()

describe('schema.graphql', () => {
  it('is up to date with the code', async () => {
    expect(
      schemaText(schema) === (await committedSchema()),
      'schema.graphql is out of date. Look at the change with: npm run schema',
    ).toBe(true)
  })

  it('describes every type, field, argument and enum value', () => {
    expect(describedElements(schema).filter(([, description]) => description === '')).toEqual([])
  })

  it('has no description that only repeats the name of the field that it describes', () => {
    expect(describedElements(schema).filter(([element, description]) => isEcho(element, description))).toEqual([])
  })
})

/** Whether it is a generated description: `The firstName.` or `Contact's first name.` of `Contact.firstName`. */
function isEcho(element: string, description: string): boolean {
  const field = /\.(\w+)/.exec(element)?.[1]
  if (field === undefined) return false
  const owner = description.endsWith(`'s ${words(field)}.`) ? description.slice(0, description.indexOf("'")) : ''
  return description === `The ${field}.` || schema.getType(owner) !== undefined
}
