import { z } from 'zod'
import { routes } from './check-routes.ts'
import { callback, cost, fields, graphqlName, names, permission, sentence } from './check-shapes.ts'
import { actInputFields, answerShape, inputFields, outputFields } from './check-types.ts'
import { isCron } from './cron.ts'

const onlyTrue = z.literal(true).optional()
const publishedShape = {
  model: z.string(),
  name: graphqlName.optional(),
  description: sentence.optional(),
  columns: z.record(z.string(), z.looseObject({}).optional()),
  relations: z.record(z.string(), z.looseObject({}).optional()).optional(),
}
const writes = z.array(z.enum(['create', 'update', 'delete', 'restore']))
const budgetMs = z.number().positive().max(5_000, 'is more than 5,000 milliseconds').optional()

const object = z.strictObject({
  ...publishedShape,
  prefix: z.string().regex(/^[a-z][a-z0-9]*$/, 'is not made of lower-case letters and digits'),
  plural: graphqlName.optional(),
  where: z.strictObject({ column: z.string(), equals: z.string() }).optional(),
  discriminator: z.string().optional(),
  search: z.string().optional(),
  searchedFields: names.optional(),
  ownedBy: z.string().optional(),
  teamBy: z.string().optional(),
  auditsReads: onlyTrue,
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
  detail: z.strictObject(publishedShape).optional(),
  isObject: onlyTrue,
})

const ruleShape = {
  name: z.string(),
  description: sentence,
  runsBefore: names.optional(),
  runsAfter: names.optional(),
  budgetMs,
  isIntegral: onlyTrue,
  before: callback.optional(),
  after: callback.optional(),
}
function ruleError(value: unknown): string {
  const list = ['before', 'after'].find((key) => {
    return value !== null && typeof value === 'object' && Array.isArray(Reflect.get(value, key))
  })
  if (list === undefined) return 'is not a rule: create it with defineRule() or defineOperationRule()'
  const order = list === 'after' ? 'runsAfter' : 'runsBefore'
  return `has a list as \`${list}\`, which has to be a function: declare the order of rules with ${order}`
}

const rule = z
  .union(
    [
      z.strictObject({ ...ruleShape, object: graphqlName, on: names.min(1, 'names no write, so the rule never runs') }),
      z.strictObject({ ...ruleShape, operation: graphqlName }),
    ],
    { error: ({ input }) => ruleError(input) },
  )
  .refine((value) => value.before !== undefined || value.after !== undefined, 'has neither before() nor after()')

const accessRule = z.strictObject({
  name: z.string(),
  description: sentence,
  object: graphqlName,
  on: names.min(1, 'names no action, so the rule never restricts anything'),
  isIntegral: onlyTrue,
  decide: callback,
})
const argument = z.strictObject({ type: z.string(), description: sentence, isList: onlyTrue, isRequired: onlyTrue })
const constraint = z.strictObject({ message: sentence, path: names.optional(), error: z.looseObject({}).optional() })
const errorField = z.strictObject({
  description: sentence,
  type: z.union([z.string(), z.looseObject({ name: graphqlName, description: sentence })]),
  isList: onlyTrue,
  isNullable: onlyTrue,
})
const errorFieldName = graphqlName.refine(
  (name) => !['code', 'message', 'path', 'typename'].includes(name),
  'is a field that every error type has already: rename it',
)
const conditionShape = z.strictObject({
  description: sentence,
  type: z.union([z.string(), z.looseObject({ name: graphqlName, description: sentence })]),
  permission: permission.optional(),
  sensitive: onlyTrue,
  where: callback,
})

/** Zod schemas for the keys of a plugin's declaration that contain its parts, such as `objects` and `rules`. */
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
        fields: z.record(errorFieldName, errorField).optional(),
      }),
    )
    .optional(),
  scalars: z
    .array(
      z.strictObject({
        name: graphqlName,
        description: sentence,
        input: z.custom((value) => value instanceof z.ZodType, 'is not a schema of zod'),
        example: sentence,
      }),
    )
    .optional(),
  schema: callback.optional(),
  constraints: z.record(z.string(), constraint).optional(),
  queries: z
    .array(
      z.strictObject({
        name: graphqlName,
        description: sentence,
        deprecated: sentence.optional(),
        permission: z.string(),
        args: z.record(graphqlName, argument).optional(),
        answer: answerShape,
        cost,
        run: callback,
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
        input: actInputFields.optional(),
        apply: callback,
      }),
    )
    .optional(),
  operations: z
    .array(
      z.strictObject({
        name: graphqlName,
        description: sentence,
        deprecated: sentence.optional(),
        input: inputFields,
        payload: outputFields,
        permission: z.string().nullable(),
        isAtomic: onlyTrue,
        cost,
        run: callback,
      }),
    )
    .optional(),
  mappings: z
    .array(
      z.strictObject({
        name: z.string(),
        description: sentence,
        from: graphqlName,
        to: graphqlName,
        values: callback,
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
          ownChanges: z.literal(true).optional(),
        }),
        handle: callback,
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
        run: callback,
      }),
    )
    .optional(),
  routes,
  seeds: z.array(z.strictObject({ name: z.string(), description: sentence, run: callback })).optional(),
}
