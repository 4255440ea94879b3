import { z } from 'zod'
import { code, cost, fields, graphqlName, names, permission, sentence } from './check-shapes.ts'
import { isCron } from './cron.ts'

const yes = z.literal(true).optional()
const published = {
  model: z.string(),
  name: graphqlName.optional(),
  description: sentence.optional(),
  columns: z.record(z.string(), z.looseObject({}).optional()),
  relations: z.record(z.string(), z.looseObject({}).optional()).optional(),
}
const writes = z.array(z.enum(['create', 'update', 'delete', 'restore']))
const budgetMs = z.number().positive().max(5_000, 'is more than 5,000 milliseconds').optional()

const object = z.strictObject({
  ...published,
  prefix: z.string().regex(/^[a-z][a-z0-9]*$/, 'is not made of lower-case letters and digits'),
  plural: graphqlName.optional(),
  where: z.strictObject({ column: z.string(), equals: z.string() }).optional(),
  discriminator: z.string().optional(),
  search: z.string().optional(),
  searchedFields: names.optional(),
  ownedBy: z.string().optional(),
  teamBy: z.string().optional(),
  auditsReads: yes,
  naturalKey: names.optional(),
  fields: fields.optional(),
  writes: writes.optional(),
})

const variant = z.strictObject({
  name: graphqlName,
  description: sentence,
  of: graphqlName,
  kind: graphqlName,
  prefix: z.string().optional(),
  detail: z.strictObject(published).optional(),
  isObject: yes,
})

const ordered = {
  name: z.string(),
  description: sentence,
  runsBefore: names.optional(),
  runsAfter: names.optional(),
  budgetMs,
  isIntegral: yes,
  before: code.optional(),
  after: code.optional(),
}
function whyNoRule(given: unknown): string {
  const list = ['before', 'after'].find((key) => {
    return given !== null && typeof given === 'object' && Array.isArray(Reflect.get(given, key))
  })
  if (list === undefined) return 'is no rule: make it with defineRule() or defineOperationRule()'
  const order = list === 'after' ? 'runsAfter' : 'runsBefore'
  return `has a list as \`${list}\`, which has to be a function: say the order with ${order}`
}

const rule = z
  .union(
    [
      z.strictObject({ ...ordered, object: graphqlName, on: names.min(1, 'names no write, so the rule never runs') }),
      z.strictObject({ ...ordered, operation: graphqlName }),
    ],
    { error: ({ input }) => whyNoRule(input) },
  )
  .refine((given) => given.before !== undefined || given.after !== undefined, 'has neither before() nor after()')

const accessRule = z.strictObject({
  name: z.string(),
  description: sentence,
  object: graphqlName,
  on: names.min(1, 'names no action, so the rule never restricts anything'),
  isIntegral: yes,
  decide: code,
})
const argument = z.strictObject({ type: z.string(), description: sentence, isList: yes, isRequired: yes })
const errorField = z.strictObject({ description: sentence, type: z.string(), isList: yes, isNullable: yes })
const payloadField = z.looseObject({ description: sentence })
const conditionShape = z.strictObject({
  description: sentence,
  type: z.string(),
  permission: permission.optional(),
  where: code,
})

/** Shapes of the parts that a plugin brings. */
export const parts = {
  objects: z.array(object).optional(),
  variants: z.array(variant).optional(),
  views: z.array(z.strictObject({ field: graphqlName, name: graphqlName, description: sentence, fields })).optional(),
  interfaces: z
    .array(z.strictObject({ name: graphqlName, description: sentence, objects: z.array(graphqlName) }))
    .optional(),
  implement: z.record(graphqlName, z.array(graphqlName)).optional(),
  extend: z.record(graphqlName, fields).optional(),
  conditions: z.record(graphqlName, z.record(graphqlName, conditionShape)).optional(),
  errors: z
    .array(
      z.strictObject({
        name: graphqlName,
        description: sentence,
        code: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'is not in capitals'),
        fields: z.record(graphqlName, errorField).optional(),
      }),
    )
    .optional(),
  queries: z
    .array(
      z.strictObject({
        name: graphqlName,
        description: sentence,
        deprecated: sentence.optional(),
        permission: z.string(),
        args: z.record(graphqlName, argument).optional(),
        answer: z.looseObject({}),
        cost,
        run: code,
      }),
    )
    .optional(),
  rules: z.array(rule).optional(),
  accessRules: z.array(accessRule).optional(),
  acts: z
    .array(
      z.strictObject({
        name: graphqlName,
        description: sentence,
        deprecated: sentence.optional(),
        object: graphqlName,
        cost,
        action: graphqlName.optional(),
        apply: code,
      }),
    )
    .optional(),
  operations: z
    .array(
      z.strictObject({
        name: graphqlName,
        description: sentence,
        deprecated: sentence.optional(),
        input: z.record(graphqlName, payloadField),
        payload: z.record(graphqlName, payloadField),
        permission: z.string().nullable(),
        cost,
        run: code,
      }),
    )
    .optional(),
  handlers: z
    .array(
      z.strictObject({
        name: z.string(),
        description: sentence,
        on: z.strictObject({
          types: names.min(1, 'names no object'),
          operations: z.array(z.enum(['CREATED', 'UPDATED', 'DELETED', 'RESTORED'])).optional(),
        }),
        handle: code,
      }),
    )
    .optional(),
  jobs: z
    .array(
      z.strictObject({
        name: z.string(),
        description: sentence,
        schedule: z.string().refine(isCron, 'is not five fields of cron, such as 0 6 * * *').optional(),
        payload: z.custom((value) => value instanceof z.ZodObject, 'is not a z.object({ … })').optional(),
        run: code,
      }),
    )
    .optional(),
  seeds: z.array(z.strictObject({ name: z.string(), description: sentence, run: code })).optional(),
}
