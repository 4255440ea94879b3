import { z } from 'zod'

/** `<object>:<action>`, each may be `*`. */
export const PERMISSION = /^([a-z][A-Za-z0-9]*|\*):([a-z][A-Za-z0-9]*|\*)$/

/** A permission as a declaration names it. */
export const permission = z.string().regex(PERMISSION, 'is not a permission, such as account:read')

/** A text that says something. */
export const sentence = z.string('is missing or no text').regex(/\S/, 'is empty: say what it is for')

/** A name in GraphQL. */
export const graphqlName = z.string().regex(/^[_A-Za-z][_0-9A-Za-z]*$/, 'is not a name in GraphQL')

export const names = z.array(z.string())

/** A function of the plugin's. */
export const code = z.custom((value) => typeof value === 'function', 'is missing or no function')

/** Points of a request's cost: never so few that it pays for something else. */
export const cost = z.number().min(0, 'is less than nothing').max(100_000, 'is more than a request may cost').optional()

/** A field as `fields.ts` declares it: what the kind wants is looked at when the schema is composed. */
export const field = z.looseObject({
  kind: z.enum(
    [
      'money',
      'items',
      'many',
      'reference',
      'references',
      'list',
      'computed',
      'group',
      'rows',
      'source',
      'resolved',
      'custom',
    ],
    'is no kind of field: make it with money(), items(), many(), …',
  ),
  description: sentence,
  cost,
})

export const fields = z.record(graphqlName, field)
