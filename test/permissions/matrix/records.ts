import { getNamedType, isInterfaceType } from 'graphql'
import { at, listAt } from '../../../src/testing/answers.ts'
import { conditionsOn, throughRelation } from './filters.ts'
import type { Fixture } from './fixture.ts'
import type { MatrixRecord } from './matrix-record.ts'
import { reaches, tracesOf } from './oracle.ts'
import { extraPermission, selected } from './schema.ts'

/** Returns the names of all objects in camelCase, as permissions write them. */
export function objectsOf({ registry }: Fixture): string[] {
  return [...registry.objects.keys()].map((name) => name.charAt(0).toLowerCase() + name.slice(1))
}

/**
 * Returns the permissions of a role that may do everything within a scope (null: with all records). The log, the audit
 * and the sides of relationships have no scope: what they show depends on the records that they are about.
 */
export function scoped(fixture: Fixture, scope: string | null): string[] {
  const suffix = scope === null ? '' : `@${scope}`
  return objectsOf(fixture).map((object) =>
    ['change', 'auditEntry', 'relationshipSide'].includes(object) ? `${object}:*` : `${object}:*${suffix}`,
  )
}

/** Returns a message for each text of a hidden record that occurs in a response. */
export function leaks(text: string, hidden: readonly MatrixRecord[]): string[] {
  return hidden.flatMap((record) =>
    tracesOf(record)
      .filter((trace) => text.includes(trace))
      .map(
        (trace) =>
          `${record.shape.type} ${record.kind} ${[...record.canaries].find(([, canary]) => canary === trace)?.[0] ?? 'id'} (${trace})`,
      ),
  )
}

export interface Asking {
  readonly fixture: Fixture
  readonly token: string
  readonly permissions: readonly string[]
  /** The problems found, as messages of a failed test. */
  readonly found: string[]
}

/** Splits records into those that the caller may read and hidden ones, as the oracle decides. */
export function split({ fixture, permissions }: Asking, only: (record: MatrixRecord) => boolean = () => true) {
  const records = fixture.records.filter(only)
  const isSeen = (record: MatrixRecord) => reaches(fixture, permissions, record, 'read')
  return { seen: records.filter(isSeen), hidden: records.filter((record) => !isSeen(record)) }
}

/** Reads every field of every record by id, two levels deep. */
export async function readEverything(asking: Asking): Promise<void> {
  const { fixture, token, found } = asking
  const { hidden: allHidden } = split(asking)
  const interfaces = new Set<string>()
  for (const shape of fixture.shapes) {
    const { seen, hidden } = split(asking, (record) => record.shape === shape)
    if (seen.length + hidden.length === 0) continue
    const depth = ({ type }: (typeof shape.fields)[number]) => {
      const named = getNamedType(type)
      // All fields of an interface, once.
      if (!isInterfaceType(named) || interfaces.has(named.name)) return 1
      interfaces.add(named.name)
      return 2
    }
    const fields = shape.fields
      .filter((field) => extraPermission(field) === null)
      .map((field) => selected(fixture.schema, field, depth(field)))
      .join(' ')
    const ids = [...seen, ...hidden].map(({ id }) => id)
    const answer = await fixture.asker.ask(
      token,
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${shape.type} { ${fields} } } }`,
      { ids },
    )
    const nodes = answer.data === null ? [] : listAt(answer.data, 'nodes')
    const told = nodes.flatMap((node) => at(node, 'id') ?? [])
    if (JSON.stringify(told) !== JSON.stringify(seen.map(({ id }) => id)))
      found.push(
        `nodes of ${shape.type}: ${kindsOf(fixture, told)} instead of ${seen.map(({ kind }) => kind).join()} ${JSON.stringify(answer.errors).slice(0, 400)}`,
      )
    for (const leak of leaks(answer.text, allHidden))
      found.push(`reading ${shape.type} tells of ${leak} ${placeOf(answer.data, leak)}`)
  }
}

/** Returns where in the data the text of a leak message occurs. */
export function placeOf(data: unknown, leak: string): string {
  const trace = /\((.*)\)$/.exec(leak)?.[1] ?? ''
  const walk = (value: unknown, path: string): string | null => {
    if (value === null || typeof value !== 'object') return String(value).toLowerCase().includes(trace) ? path : null
    for (const [key, inner] of Object.entries(value)) {
      const place = walk(inner, `${path}.${key}`)
      if (place !== null) return place
    }
    return null
  }
  return `at ${walk(data, '') ?? 'errors or headers'}`
}

export function kindsOf({ records }: Fixture, ids: readonly unknown[]): string {
  return ids.map((id) => records.find((record) => record.id === id)?.kind ?? String(id)).join()
}

/** Lists every object in each order and with soft-deleted records, and compares `totalCount`. */
export async function listEverything(asking: Asking): Promise<void> {
  const { fixture, token, found } = asking
  const { hidden: allHidden } = split(asking)
  for (const [object, list] of listsOf(fixture)) {
    const { seen } = split(asking, (record) => record.shape.object === object)
    const orders = ordersOf(fixture, object).map(
      (name, index) =>
        `o${index}: ${list}(first: 200, orderBy: [{ ${name}: DESC }]) { totalCount nodes { id } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } edges { cursor node { id } } }`,
    )
    const isPutAway = fixture.schema
      .getQueryType()
      ?.getFields()
      [list]?.args.some(({ name }) => name === 'includeDeleted')
    const all = `all: ${list}(first: 200${isPutAway ? ', includeDeleted: true' : ''}) { totalCount nodes { id } }`
    const answer = await fixture.asker.ask(token, `{ ${all} ${orders.join(' ')} }`)
    for (const [key, value] of Object.entries(answer.data ?? {})) {
      const ids = listAt(value, 'nodes').map((node) => at(node, 'id'))
      const known = ids.filter((id) => fixture.records.some((record) => record.id === id))
      if (
        !sameSet(
          known,
          seen.map(({ id }) => id),
        )
      )
        found.push(`${list} ${key}: ${kindsOf(fixture, known)} instead of ${seen.map(({ kind }) => kind).join()}`)
      if (at(value, 'totalCount') !== ids.length)
        found.push(`${list} ${key}: totalCount is ${at(value, 'totalCount')} and there are ${ids.length}`)
    }
    for (const error of answer.errors) found.push(`${list}: ${error.message}`)
    for (const leak of leaks(answer.text, allHidden))
      found.push(`listing ${list} tells of ${leak} ${placeOf(answer.data, leak)}`)
  }
}

function sameSet(one: readonly unknown[], other: readonly unknown[]): boolean {
  return JSON.stringify([...one].sort()) === JSON.stringify([...other].sort())
}

/** Root lists by the object that they list. */
export function listsOf({ shapes }: Fixture): Map<string, string> {
  return new Map(shapes.flatMap(({ object, list }) => (list === null ? [] : [[object, list]])))
}

export function ordersOf({ schema }: Fixture, object: string): string[] {
  const type = schema.getType(`${object}OrderBy`)
  return type && 'getFields' in type ? Object.keys(type.getFields()) : []
}

const BATCH = 150

/** Filters every object by values that only one record has, of the object itself and of related records. */
export async function filterEverything(asking: Asking): Promise<void> {
  const { fixture, token, found, permissions } = asking
  // Related records are limited by the same condition as their own list, so one scope is enough.
  const isDeep = permissions.some((text) => text.endsWith('@own'))
  const { schema } = fixture
  const { hidden } = split(asking)
  const probes: {
    readonly text: string
    readonly list: string
    readonly record: MatrixRecord
    readonly expected: number | null
  }[] = []
  for (const [object, list] of listsOf(fixture))
    for (const record of fixture.records) {
      const isHidden = hidden.includes(record)
      if (record.shape.object === object)
        for (const { text } of conditionsOn(schema, `${object}Filter`, record))
          probes.push({ text, list, record, expected: isHidden ? 0 : 1 })
      // Through relations only hidden records are tested.
      if (isDeep && isHidden && (record.kind === 'spare' || record.kind === 'foreign')) {
        const conditions = conditionsOn(schema, `${record.shape.object}Filter`, record)
        for (const { text } of throughRelation(schema, `${object}Filter`, record.shape.object, conditions))
          probes.push({ text, list, record, expected: 0 })
      }
    }
  for (let start = 0; start < probes.length; start += BATCH) {
    const batch = probes.slice(start, start + BATCH)
    const answer = await fixture.asker.ask(
      token,
      `{ ${batch.map(({ list, text }, index) => `p${index}: ${list}(filter: { ${text} }) { totalCount }`).join(' ')} }`,
    )
    for (const [index, { list, text, record, expected }] of batch.entries()) {
      const count = at(answer.data, `p${index}.totalCount`)
      if (count !== expected)
        found.push(`${list}(filter: { ${text} }) of ${record.kind} counts ${String(count)} instead of ${expected}`)
    }
    for (const error of answer.errors) found.push(`filter: ${error.message}`)
  }
}
