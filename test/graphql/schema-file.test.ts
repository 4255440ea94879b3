import { describe, expect, it } from 'vitest'
import { committedSchema, schemaText } from '../../scripts/schema-file.ts'
import { composeCore } from '../../src/app.ts'
import { describedElements } from './descriptions.ts'

const { schema } = await composeCore()

describe('schema.graphql', () => {
  it('is what the code makes', async () => {
    expect(
      schemaText(schema) === (await committedSchema()),
      'schema.graphql is out of date. Look at the change with: npm run schema',
    ).toBe(true)
  })

  it('describes every type, field, argument and enum value', () => {
    expect(describedElements(schema).filter(([, description]) => description === '')).toEqual([])
  })

  it('says more than its name of each', () => {
    expect(describedElements(schema).filter(([element, description]) => isEcho(element, description))).toEqual([])
  })
})

/** `The firstName.` or `Contact's first name.` of `Contact.firstName`: what the platform writes when nobody wrote anything. */
function isEcho(element: string, description: string): boolean {
  const field = /\.(\w+)/.exec(element)?.[1]
  if (field === undefined) return false
  const words = field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  const owner = description.endsWith(`'s ${words}.`) ? description.slice(0, description.indexOf("'")) : ''
  return description === `The ${field}.` || schema.getType(owner) !== undefined
}
