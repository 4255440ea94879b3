import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type GraphQLArgument, getNamedType, isRequiredArgument } from 'graphql'
import type { Permission } from '../../declare/permission.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { encodeId } from '../../declare/record-id.ts'
import { UNRESTRICTED_CHANNEL } from '../../sandbox/unrestricted-use.ts'
import type { Finding } from './finding.ts'
import { isNotSensitive } from './permission-checks.ts'
import type { RootField } from './root-parts.ts'
import { sampleDocument } from './samples/sample-documents.ts'
import { missingIds, objectOfInput } from './samples/sample-ids.ts'
import { type IdFor, sampleInput } from './samples/sample-inputs.ts'
import { type SampleRow, sampleRows } from './samples/sample-rows.ts'
import type { ConformanceApp, ConformanceResponse, ExecuteAs } from './trial-app.ts'

/** The caller may read and write everything that they own, and owns nothing. */
const OWN: readonly Permission[] = ['*:read@own', '*:create@own', '*:update@own', '*:delete@own']

/**
 * Calls every query and operation of the plugin as a user who owns nothing and may do everything with their own records:
 * in a workspace with a row in each table that the plugin reads, and in a workspace without rows. Returns a problem when
 * the two responses differ, because then the code shows something of records that are hidden from the caller. When the
 * code used `unrestricted`, the difference is a note: it may be intended.
 */
export async function visibilityProblems(
  app: ConformanceApp,
  plugin: Plugin,
  rootFields: readonly RootField[],
): Promise<Omit<Finding, 'check'>> {
  const problems: string[] = []
  const notes: string[] = []
  const names = new Set([...(plugin.queries ?? []), ...(plugin.operations ?? [])].map(({ name }) => name))
  const called = rootFields.filter(({ field }) => names.has(field.name))
  if (called.length === 0) return { problems, notes }
  const { rows, notes: missing } = await createSamples(app, plugin)
  notes.push(...missing)
  const [inAcme, inGlobex] = [await app.withPermissions(OWN, 'acme'), await app.withPermissions(OWN, 'globex')]
  for (const { kind, field } of called)
    for (const values of sampleValues(field, idsOf(app, rows))) {
      const { document, variables } = sampleDocument(kind, field, idsOf(app, rows), values, isNotSensitive)
      const ask = async (execute: ExecuteAs) => plain(await execute(document, variables))
      const { result, isUnrestricted } = await watchUnrestricted(plugin, () => ask(inAcme))
      const difference = firstDifference(result, await ask(inGlobex), [])
      if (difference === null) continue
      const what = `${kind} ${field.name} answers a caller who owns nothing differently, at ${difference}, when there are records that are hidden from them`
      if (isUnrestricted) notes.push(`${what}: it uses \`unrestricted\`. Make sure that this reveals nothing`)
      else problems.push(`${what}. Check the conditions of its SQL.`)
    }
  return { problems: [...new Set(problems)], notes: [...new Set(notes)] }
}

/** Creates a row of each model of the plugin, and of each table under `reads`, in the workspace `acme`. */
async function createSamples(app: ConformanceApp, { id, reads = [] }: Plugin) {
  const { models } = app.runtime.registry
  const samples = sampleRows(app.ownerPool, models, app.workspaceId('acme'), app.adminId('acme'))
  const rows = new Map<string, SampleRow>()
  const notes: string[] = []
  for (const model of models.models.values()) {
    if (model.isView || (model.pluginId !== id && !reads.includes(model.table))) continue
    try {
      rows.set(model.name, await samples.get(model.name))
    } catch (error) {
      notes.push(`no sample of ${model.name} could be created: ${error instanceof Error ? error.message : error}`)
    }
  }
  return { rows, notes }
}

/** Returns a function that returns the ids of the sample rows, which are hidden from the caller. */
function idsOf({ runtime: { registry } }: ConformanceApp, rows: ReadonlyMap<string, SampleRow>): IdFor {
  const missing = missingIds(registry)
  return (name) => {
    const object = objectOfInput(registry, name)
    const row = object && rows.get(object.model.name)
    return object && row ? encodeId(object.prefix, String(row['id'])) : missing(name)
  }
}

/** Returns values of arguments: once for the required arguments only, and once for all. */
function sampleValues({ args }: RootField['field'], idFor: IdFor): Readonly<Record<string, unknown>>[] {
  const isDay = ({ type }: GraphQLArgument) => ['Date', 'DateTime'].includes(getNamedType(type).name)
  const firstDay = args.find(isDay)
  const sampleOf = (arg: GraphQLArgument) => {
    if (!isDay(arg)) return sampleInput(arg.type, arg.name, idFor)
    // Two arguments may be a period. The samples lie in it.
    const day = arg === firstDay ? '2000-01-01' : '2100-01-01'
    return getNamedType(arg.type).name === 'Date' ? day : `${day}T00:00:00.000Z`
  }
  const samplesOf = (sampled: readonly GraphQLArgument[]) =>
    Object.fromEntries(sampled.map((arg) => [arg.name, sampleOf(arg)]))
  const required = args.filter(isRequiredArgument)
  return required.length === args.length ? [samplesOf(args)] : [samplesOf(required), samplesOf(args)]
}

/** Runs a function, and finds out whether code of the plugin used `unrestricted` meanwhile. */
async function watchUnrestricted<Result>(plugin: Plugin, run: () => Promise<Result>) {
  let isUnrestricted = false
  const note = (use: unknown) => {
    isUnrestricted ||= typeof use === 'object' && use !== null && Reflect.get(use, 'plugin') === plugin.id
  }
  subscribe(UNRESTRICTED_CHANNEL, note)
  try {
    const result = await run()
    return { result, isUnrestricted }
  } finally {
    unsubscribe(UNRESTRICTED_CHANNEL, note)
  }
}

const RECORD_ID = /\b[a-z]+_[0-9a-hjkmnp-tv-z]{26}\b/g
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g
const INSTANT = /\b\d{4}-\d\d-\d\dT[\d:.]+Z/g

/** Returns a response with the same text in place of ids and times, which differ in each workspace. */
function plain({ data, errors }: ConformanceResponse): unknown {
  const text = JSON.stringify({ data, errors: errors.map(({ message, path }) => ({ message, path })) })
  return JSON.parse(text.replace(RECORD_ID, 'id').replace(UUID, 'uuid').replace(INSTANT, 'instant'))
}

/** Returns the path of the first difference of two JSON values; null when they are equal. */
function firstDifference(one: unknown, other: unknown, path: readonly string[]): string | null {
  if (!isContainer(one) || !isContainer(other) || Array.isArray(one) !== Array.isArray(other))
    return Object.is(one, other) ? null : path.join('.')
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const difference = firstDifference(Reflect.get(one, key), Reflect.get(other, key), [...path, key])
    if (difference !== null) return difference
  }
  return null
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
