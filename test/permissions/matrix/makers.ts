import { type GraphQLInputField, type GraphQLSchema, getNamedType, isInputObjectType, isObjectType } from 'graphql'
import { type Learned, targetType } from './inputs.ts'
import { capital, inputFields, type RecordShape } from './schema.ts'

/** A mutation that creates records of a type. */
export interface Maker {
  readonly mutation: string
  readonly inputType: string
  readonly payloadField: string
  /** The field for this type in a `@oneOf` input; null for any other input. */
  readonly only: string | null
  /** What was learned about it, twice: where two fields exclude each other, the second leaves out the other one. */
  readonly learned: readonly Learned[]
}

/** Returns the mutation that creates records of the type: its create, or an operation without id that returns one. */
export function makersOf(schema: GraphQLSchema, { type, object }: RecordShape): [string, Maker][] {
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {})
  const named = (name: string) => fields.find((field) => field.name === name)
  const candidates = [
    named(`create${type}`),
    named(`log${object}`),
    ...fields.filter(
      ({ name, args }) =>
        !/^(create|log|update|delete|restore)/.test(name) &&
        !inputFields(args[0]?.type).some((field) => field.name === 'id'),
    ),
  ].flatMap((field) => field ?? [])
  for (const field of candidates) {
    const input = field.args[0] ? getNamedType(field.args[0].type) : undefined
    const payload = getNamedType(field.type)
    if (!isInputObjectType(input) || !isObjectType(payload)) continue
    const answered = Object.values(payload.getFields()).find(
      (each) => [type, object].includes(getNamedType(each.type).name) && !String(each.type).startsWith('['),
    )
    const only = input.isOneOf ? Object.keys(input.getFields()).find((key) => capital(key) === type) : null
    if (!answered || only === undefined) continue
    const learned = [false, true].map((dropsFirst) => ({
      attempts: new Map<string, number>(),
      dropped: new Set<string>(),
      dropsFirst,
    }))
    return [[type, { mutation: field.name, inputType: input.name, payloadField: answered.name, only, learned }]]
  }
  return []
}

/** Returns the types of the records that an input refers to. */
export function targetsOf(
  schema: GraphQLSchema,
  maker: Maker | undefined,
  record: string,
  isRequired: boolean,
): string[] {
  if (!maker) return []
  const below = (fields: readonly GraphQLInputField[], type: string): string[] =>
    fields.flatMap((field) => {
      const named = getNamedType(field.type)
      if (isRequired && !String(field.type).endsWith('!')) return []
      if (named.name === 'ID') return targetType(schema, type, field.name) ?? []
      const item = named.name.replace(/Input$/, '')
      return below(inputFields(named), isObjectType(schema.getType(item)) ? item : type)
    })
  const fields = inputFields(schema.getType(maker.inputType))
  return below(
    maker.only === null
      ? fields
      : fields.flatMap((field) => (field.name === maker.only ? inputFields(field.type) : [])),
    record,
  )
}

/** Returns the paths of all values that an input accepts; of a list of inputs, those of the first. */
export function places(schema: GraphQLSchema, inputType: string, only: string | null, prefix = ''): string[] {
  return inputFields(schema.getType(inputType)).flatMap((field) => {
    if (only !== null && field.name !== only) return []
    const named = getNamedType(field.type)
    const path = `${prefix}${field.name}`
    return isInputObjectType(named)
      ? places(schema, named.name, null, `${path}${String(field.type).startsWith('[') ? '.0' : ''}.`)
      : [path]
  })
}
