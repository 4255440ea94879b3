import { type GraphQLNamedOutputType, getNamedType, isInputObjectType } from 'graphql'
import { at } from '../../../src/testing/answers.ts'
import type { Fixture } from './fixture.ts'
import { type Learned, makeInput } from './inputs.ts'
import { type Asking, leaks, placeOf, split } from './records.ts'
import { capital, inputFields, selection } from './schema.ts'
import { errorSelection } from './write-fields.ts'
import { recordMutations } from './writes.ts'

/**
 * Runs every mutation that does not name one record by id and version, and those whose input refers to other records
 * too: with visible records and with hidden ones.
 */
export async function runOperations(asking: Asking): Promise<void> {
  const { fixture, token, found } = asking
  const { schema, asker } = fixture
  const { seen, hidden } = split(asking)
  const about = new Set(recordMutations(fixture).map(({ name }) => name))
  const refersToOthers = (name: string, inputType: string) =>
    !/^(update|delete|restore)[A-Z]/.test(name) &&
    inputFields(schema.getType(inputType)).some(({ type }) => isInputObjectType(getNamedType(type)))
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const [input] = field.args
    const inputType = input ? getNamedType(input.type).name : ''
    if (!input || (about.has(field.name) && !refersToOthers(field.name, inputType))) continue
    const payload = getNamedType(field.type)
    for (const [choice, records] of [seen, hidden].entries()) {
      const target = (type: string) =>
        records.find((record) => record.shape.type === type || record.shape.object === type)?.id ?? null
      const named = capital(field.name.replace(/^[a-z]+/, '')).replace(/s$/, '')
      // Such as `issueLeadConfirmation`, which is about a lead.
      const object = [...fixture.registry.objects.keys()].includes(named)
        ? named
        : ([...fixture.registry.objects.keys()].find((name) => named.startsWith(name)) ?? named)
      const made = makeInput(
        {
          schema,
          learned: learnedFor(fixture, inputType),
          target,
          next: () => 55_555 + found.length,
          seed: 55_555,
          choice,
        },
        inputType,
        object,
      )
      const document = `mutation ($input: ${inputType}!) { ${field.name}(input: $input) ${payloadSelection(fixture, payload)} }`
      const answer = await asker.ask(token, document, { input: made.input })
      const sent = JSON.stringify(made.input).toLowerCase()
      for (const leak of leaks(answer.text, hidden))
        if (!sent.includes(/\((.*)\)$/.exec(leak)?.[1] ?? ''))
          found.push(`${field.name} tells of ${leak} ${placeOf(answer.data, leak)}`)
      for (const { message, extensions } of answer.errors)
        if (!['FORBIDDEN', 'BAD_USER_INPUT'].includes(String(at(extensions, 'code'))))
          found.push(`${field.name}: ${message} ${JSON.stringify(extensions)}`)
    }
  }
}

/** What the makers have learned about an input type, or about the records in its list `records`. */
function learnedFor({ schema, makers }: Fixture, inputType: string): Learned {
  const attempts = new Map<string, number>()
  const dropped = new Set<string>()
  const type = schema.getType(inputType)
  const records = isInputObjectType(type) ? type.getFields()['records'] : undefined
  const maker = [...makers.values()].find(
    (each) => each.inputType === (records ? getNamedType(records.type).name : inputType),
  )
  const prefix = records ? 'records.0.' : ''
  for (const [path, attempt] of maker?.learned[0]?.attempts ?? []) attempts.set(`${prefix}${path}`, attempt)
  for (const path of maker?.learned[0]?.dropped ?? []) dropped.add(`${prefix}${path}`)
  return { attempts, dropped, dropsFirst: false }
}

/** A selection of everything in a payload, with every field of its user errors. */
export function payloadSelection(fixture: Fixture, payload: GraphQLNamedOutputType): string {
  return selection(fixture.schema, payload, 1).replaceAll(
    /userErrors \{ __typename \}/g,
    `userErrors ${errorSelection(fixture)}`,
  )
}
