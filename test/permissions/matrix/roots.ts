import { type GraphQLInputType, getNamedType, isInputObjectType, isNonNullType } from 'graphql'
import { at } from '../../../src/testing/answers.ts'
import { openStream } from '../../support/sse.ts'
import type { Subject } from './fields.ts'
import type { Fixture } from './fixture.ts'
import { leaks } from './records.ts'
import { camel, inputFields, selection } from './schema.ts'

/** Root fields that require no permission, and why. */
export const OPEN_ROOTS: Readonly<Record<string, string>> = {
  node: 'returns null for hidden records',
  nodes: 'returns null for hidden records',
  viewer: 'shows only the caller',
}

/** Requests every root field without permissions. Each must be refused by the permission of the object it returns. */
export async function refuseRoots(fixture: Fixture, { token, grant }: Subject, found: string[]): Promise<void> {
  const { schema, asker, records, app } = fixture
  await grant([])
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const args = field.args
      .filter(({ type }) => isNonNullType(type))
      .map(({ name, type }) => `${name}: ${sample(type, records[0]?.id)}`)
    const answer = await asker.ask(
      token,
      `{ ${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${selection(schema, getNamedType(field.type), 0)} }`,
    )
    check(
      fixture,
      field.name,
      at(answer.errors[0]?.extensions, 'permission'),
      getNamedType(field.type).name.replace(/Connection$/, ''),
      answer.text,
      found,
    )
  }
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const document = `subscription { ${field.name} ${selection(schema, getNamedType(field.type), 0)} }`
    asker.note(document)
    const stream = await openStream(app, token, document)
    const event = await stream.next(2_000).catch(() => null)
    stream.close()
    check(
      fixture,
      field.name,
      at(event, 'errors.0.extensions.permission'),
      field.name === 'changes' ? 'Change' : getNamedType(field.type).name.replace(/Change$/, ''),
      JSON.stringify(event),
      found,
    )
  }
}

function check(
  { registry, records }: Fixture,
  name: string,
  permission: unknown,
  type: string,
  text: string,
  found: string[],
): void {
  for (const leak of leaks(text.toLowerCase(), records)) if (name !== 'viewer') found.push(`${name} tells of ${leak}`)
  if (name in OPEN_ROOTS) {
    if (permission !== undefined) found.push(`${name} is refused by ${String(permission)}`)
    return
  }
  const expected =
    registry.objects.has(type) && !/Entries$/.test(name) && name !== 'biggestAccount' ? `${camel(type)}:read` : null
  if (typeof permission !== 'string' || (expected !== null && permission !== expected))
    found.push(
      `${name} is ${permission === undefined ? 'answered' : `refused by ${String(permission)}`}: ${text.slice(0, 300)}`,
    )
}

function sample(type: GraphQLInputType, id: string | undefined): string {
  const named = getNamedType(type)
  const value = isInputObjectType(named)
    ? `{ ${inputFields(named)
        .filter((field) => isNonNullType(field.type))
        .map((field) => `${field.name}: ${sample(field.type, id)}`)
        .join(', ')} }`
    : (SAMPLES[named.name] ?? JSON.stringify(named.name === 'ID' ? id : 'zk'))
  return String(type).startsWith('[') ? `[${value}]` : value
}

const SAMPLES: Readonly<Record<string, string>> = {
  Date: '"2024-05-01"',
  DateTime: '"2024-05-01T12:00:00Z"',
  Decimal: '1',
  Int: '2024',
}
