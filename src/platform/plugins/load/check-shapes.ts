import { z } from 'zod'

/** Matches a permission `<object>:<action>`; the object and the action may be `*`. */
export const PERMISSION = /^([a-z][A-Za-z0-9]*|\*):([a-z][A-Za-z0-9]*|\*)$/

/** A permission in a declaration. */
export const permission = z.string().regex(PERMISSION, 'is not a permission, such as account:read')

/** A text that is not blank, such as a description. */
export const sentence = z.string('is missing or not a text').regex(/\S/, 'is empty: say what it is for')

/** A name of GraphQL. */
export const graphqlName = z
  .string()
  .regex(
    /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/,
    'is not a name in GraphQL: it is made of letters, digits and _, and does not begin with a digit or with __',
  )

export const names = z.array(z.string())

/** A function of the plugin. */
export const callback = z.custom((value) => typeof value === 'function', 'is missing or not a function')

/** Points of a request's cost. Never negative: a part must not lower the cost of the rest of a request. */
export const cost = z.number().min(0, 'is negative').max(100_000, 'is more than a request may cost').optional()

/** A field declaration. The keys that only some kinds of field have are checked when the schema is composed. */
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
    'is not a kind of field: create it with money(), items(), many(), …',
  ),
  description: sentence,
  cost,
})

export const fields = z.record(graphqlName, field)
