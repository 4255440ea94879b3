import { type GraphQLInputField, type GraphQLSchema, getNamedType, isInputObjectType, isObjectType } from 'graphql'
import { type Learned, targetType } from './inputs.ts'
import { capital, inputFields, type RecordShape } from './schema.ts'

/** A mutation that makes records of a type. */
export interface Maker {
  readonly mutation: string
  readonly inputType: string
  readonly payloadField: string
  /** Field of a `@oneOf` input that is this type's. */
  readonly only: string | null
  /** What was learned of it, in two ways: where only one of two fields can be given, one has the first. */
  readonly learned: readonly Learned[]
}

/** Mutations that make a record of the type: its create, or an operation that answers one and names none. */
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

/** Types of the records that an input leads to. */
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

/** Paths of everything that an input takes, lists of inputs by their first. */
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
