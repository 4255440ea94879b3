import { getNamedType, getNullableType, isEnumType, isInputObjectType } from 'graphql'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import type { Fixture } from './fixture.ts'
import type { Kind, MatrixRecord } from './matrix-record.ts'
import { allowsField, reaches } from './oracle.ts'
import { camel, capital, inputFields } from './schema.ts'

/** A mutation of one existing record, which its input names by id and version. */
export interface RecordMutation {
  readonly name: string
  readonly inputType: string
  /** Name of the record's object in permissions, and field of the payload that holds it. */
  readonly object: string
  /** All fields of the payload that hold a record. */
  readonly payload: readonly string[]
  readonly action: string
}

/** Returns the mutations of one record. The object is that of the payload; the action follows from the name. */
export function recordMutations({ schema, registry }: Fixture): RecordMutation[] {
  return Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap((field) => {
    const [input] = field.args
    const names = inputFields(input?.type).map(({ name }) => name)
    const payload = schema.getType(getNamedType(field.type).name)
    const objects = new Set([...registry.objects.keys()].map(camel))
    const answered = payload && 'getFields' in payload ? Object.keys(payload.getFields()) : []
    const [first = ''] = answered.filter((name) => name !== 'userErrors')
    // Of several records, such as those that an acceptance makes, the mutation is named after the one that it is about.
    const named = answered.find((name) => objects.has(name) && field.name.endsWith(capital(name)))
    const object = objects.has(first) ? (named ?? first) : undefined
    if (!input || !object || !names.includes('id') || !names.includes('version')) return []
    const verb = /^(update|delete|restore)[A-Z]/.exec(field.name)?.[1]
    return [
      {
        name: field.name,
        inputType: getNamedType(input.type).name,
        object,
        payload: answered.filter((name) => objects.has(name)),
        action: verb === 'delete' || verb === 'restore' ? 'delete' : 'update',
      },
    ]
  })
}

/** A version that no record has: a caller who may write gets STALE_VERSION, and nothing is written. */
const STALE = 999_999

type Outcome = 'WRITES' | 'FORBIDDEN' | 'NOT_FOUND'

/** Sends a mutation of a record with a version that no record has, so that nothing is written. */
export async function attemptWrite(
  { asker, boss, schema }: Fixture,
  mutation: RecordMutation,
  record: MatrixRecord,
  more: Readonly<Record<string, unknown>> = {},
) {
  const document = `mutation ($input: ${mutation.inputType}!) { ${mutation.name}(input: $input) { ${mutation.payload.map((name) => `${name} { __typename id }`).join(' ')} userErrors { __typename code message path ... on StaleVersionError { currentVersion conflicts { field base theirs yours } } } } }`
  const input = { ...actFields(schema, mutation, record), id: record.id, version: STALE, ...more }
  const answer = await asker.ask(boss.token ?? '', document, { input })
  const permission = at(answer.errors[0]?.extensions, 'permission')
  const codes =
    answer.data === null ? [] : listAt(answer.data, `${mutation.name}.userErrors`).map((error) => textAt(error, 'code'))
  const outcome: Outcome | string =
    answer.errors.length > 0
      ? at(answer.errors[0]?.extensions, 'code') === 'FORBIDDEN'
        ? 'FORBIDDEN'
        : JSON.stringify(answer.errors)
      : codes.includes('NOT_FOUND')
        ? 'NOT_FOUND'
        : codes.includes('STALE_VERSION') || mutation.name.startsWith('restore')
          ? 'WRITES'
          : codes.join()
  return { outcome, permission, answer }
}

/** Returns a value for each further field of the input of a business act. None of them is used, because of the version. */
function actFields(
  schema: Fixture['schema'],
  { name, inputType }: RecordMutation,
  record: MatrixRecord,
): Readonly<Record<string, unknown>> {
  if (/^(update|delete|restore)[A-Z]/.test(name)) return {}
  const fields = inputFields(schema.getType(inputType)).filter(
    ({ name: field, type }) => !(['id', 'version'].includes(field) || isInputObjectType(getNullableType(type))),
  )
  return Object.fromEntries(
    fields.map((field) => {
      const type = getNamedType(field.type)
      return [field.name, isEnumType(type) ? type.getValues()[0]?.name : (SAMPLES[type.name] ?? record.id)]
    }),
  )
}

const SAMPLES: Readonly<Record<string, unknown>> = { Decimal: '1', Int: 1, Boolean: true, Date: '2300-01-01' }

/** Sends every mutation of one record for a record of each kind and compares the outcome with that of the oracle. */
export async function writeEverything(
  fixture: Fixture,
  found: string[],
  role: string,
  permissionsFor: (mutation: RecordMutation) => readonly string[],
  only: (mutation: RecordMutation) => boolean = () => true,
): Promise<void> {
  for (const mutation of recordMutations(fixture).filter(only)) {
    const permissions = permissionsFor(mutation)
    await fixture.grant(permissions)
    const byKind = new Map<Kind, MatrixRecord>()
    for (const record of fixture.records)
      if (record.shape.permission === mutation.object && !byKind.has(record.kind)) byKind.set(record.kind, record)
    for (const [kind, record] of byKind) {
      const isSeen = reaches(fixture, permissions, record, 'read')
      const mayWrite = reaches(fixture, permissions, record, mutation.action)
      const hasAny = allowsField(permissions, mutation.object, mutation.action, '')
      const isRestore = mutation.name.startsWith('restore')
      // A caller who may not do the action on any record gets FORBIDDEN whatever the id.
      const expected: Outcome = !hasAny
        ? 'FORBIDDEN'
        : !isSeen
          ? 'NOT_FOUND'
          : !mayWrite
            ? 'FORBIDDEN'
            : isRestore
              ? 'NOT_FOUND'
              : 'WRITES'
      const { outcome, permission, answer } = await attemptWrite(fixture, mutation, record)
      if (outcome !== expected)
        found.push(
          `${role}: ${mutation.name} of ${kind} is ${outcome} instead of ${expected} ${answer.text.slice(answer.text.indexOf('{'), 400)}`,
        )
      if (expected === 'FORBIDDEN' && permission !== `${mutation.object}:${mutation.action}`)
        found.push(`${role}: ${mutation.name} of ${kind} is refused by ${String(permission)}`)
      const told = [...record.canaries.values()].filter((canary) => answer.text.includes(canary))
      if (expected !== 'WRITES' && told.length > 0)
        found.push(`${role}: ${mutation.name} of ${kind} tells ${told.join()}`)
    }
  }
}
