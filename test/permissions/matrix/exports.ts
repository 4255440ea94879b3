import { at, listAt } from '../../../src/testing/answers.ts'
import { type ExportPath, exportPaths, inParts } from './export-paths.ts'
import type { Subject } from './fields.ts'
import type { Fixture } from './fixture.ts'
import { type Asking, leaks, listsOf, ordersOf, placeOf, split } from './records.ts'
import { guardedFields } from './schema.ts'
import { isDerived, valuesIn } from './values.ts'

const EXPORT = `mutation ($input: ExportRecordsInput!) {
  exportRecords(input: $input) { url expiresAt userErrors { message path } }
}`

/** Fields of one request, so that the list's answer stays within the limits too. */
const PART = 60

/** The file of an export with the headers of its response, or why it was refused. */
interface Exported {
  readonly text: string
  readonly problem: string | null
  /** Permission that was missing, if that is the reason. */
  readonly permission: unknown
}

async function exportOf(
  { asker, app }: Fixture,
  token: string,
  input: Readonly<Record<string, unknown>>,
): Promise<Exported> {
  const answer = await asker.ask(token, EXPORT, { input })
  const url = at(answer.data, 'exportRecords.url')
  if (typeof url !== 'string')
    return {
      text: answer.text,
      problem: answer.text.slice(answer.text.indexOf('{')),
      permission: at(answer.errors[0]?.extensions, 'permission'),
    }
  const response = await app.fetch(new Request(new URL(url, 'http://127.0.0.1/graphql')))
  const text = await response.text()
  const problem = response.status === 200 ? null : text
  return { text: `${answer.text} ${JSON.stringify([...response.headers])}\n${text}`, problem, permission: null }
}

/** Returns the records in JSON Lines, after the first line, which `exportOf` adds. */
function rowsOf({ text }: Exported): unknown[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]))
}

/** Exports all values of every object, in both formats, and compares the files with the object's list. */
export async function exportEverything(asking: Asking): Promise<void> {
  const { fixture, token, found } = asking
  const { hidden } = split(asking)
  for (const [object, list] of listsOf(fixture)) {
    const args = fixture.schema.getQueryType()?.getFields()[list]?.args ?? []
    const includeDeleted = args.some(({ name }) => name === 'includeDeleted')
    const [order] = ordersOf(fixture, object)
    for (const part of inParts(exportPaths(fixture.schema, object), PART)) {
      const fields = [...new Set(['id', ...part.map(({ path }) => path)])]
      const orderBy = order === undefined ? [] : [{ field: order, direction: 'DESC' }]
      const input = { object, fields, includeDeleted, orderBy, filter: { NOT: [] } }
      const lines = await exportOf(fixture, token, { ...input, format: 'JSON_LINES' })
      const table = await exportOf(fixture, token, { ...input, format: 'CSV' })
      for (const { text, problem } of [lines, table]) {
        if (problem !== null) found.push(`exporting ${object}: ${problem}`)
        for (const leak of leaks(text.toLowerCase(), hidden)) found.push(`exporting ${object} tells of ${leak}`)
      }
      if (lines.problem !== null) continue
      const chosen = `first: 200${order === undefined ? '' : `, orderBy: [{ ${order}: DESC }]`}${includeDeleted ? ', includeDeleted: true' : ''}`
      const selection = part.map((each) => each.selection).join(' ')
      const answer = await fixture.asker.ask(token, `{ ${list}(${chosen}) { nodes { id ${selection} } } }`)
      const listed = listAt(answer.data, `${list}.nodes`).map(sorted)
      const rows = rowsOf(lines).map(sorted)
      for (const [index, row] of rows.entries())
        if (row !== listed[index]) found.push(`exporting ${object}: ${row} instead of ${listed[index]}`)
      if (rows.length !== listed.length) found.push(`exporting ${object}: ${rows.length} of ${listed.length} records`)
    }
  }
  if (hidden.length > 0) await searchFiles(asking)
}

/** Exports what a search for words of hidden records finds. */
async function searchFiles(asking: Asking): Promise<void> {
  const { fixture, token, found } = asking
  const { hidden } = split(asking)
  for (const [object, list] of listsOf(fixture)) {
    const field = fixture.schema.getQueryType()?.getFields()[list]
    const word = hidden
      .filter(({ shape }) => shape.object === object)
      .flatMap(({ values }) => [...values.values()])
      .find((value) => /^zk\d+q$/.test(String(value)))
    if (word === undefined || !field?.args.some(({ name }) => name === 'search')) continue
    const { text, problem } = await exportOf(fixture, token, { object, fields: ['id'], search: word })
    if (problem !== null) found.push(`exporting ${object} by a search: ${problem}`)
    for (const leak of leaks(text.toLowerCase(), hidden))
      found.push(`exporting ${object} by a search tells of ${leak} ${placeOf(text, leak)}`)
  }
}

/** Exports each field as a caller who may read all others, and as one who may read it on some records only. */
export async function exportEachField(fixture: Fixture, { token, grant }: Subject, found: string[]): Promise<void> {
  const known = new Set<string>()
  for (const shape of fixture.shapes) {
    if (shape.list === null) continue
    const { object, permission } = shape
    const paths = exportPaths(fixture.schema, object).filter(({ field }) => field !== 'id' && field !== 'version')
    const guarded = guardedFields(shape).map(({ name }) => name)
    const records = fixture.records.filter((record) => record.shape.object === object)
    for (const field of guarded) {
      const own = paths.filter((each) => each.field === field)
      const [first] = own
      if (!first || known.has(`${object}.${field}`)) continue
      known.add(`${object}.${field}`)
      const others = [...new Set(fixture.shapes.flatMap((each) => (each.object === object ? guardedFields(each) : [])))]
        .map(({ name }) => name)
        .filter((name) => name !== field)
      const place = `${object}.${field}`
      const readable = others.map((name) => `${permission}.${name}:read`)
      const refuse = async (role: string, permissions: readonly string[]) => {
        await grant(permissions)
        const refused = await exportOf(fixture, token, { object, fields: [first.path] })
        if (refused.permission !== `${permission}.${field}:read`)
          found.push(`${role} ${place}: exporting ${first.path} is not refused: ${refused.text.slice(-300)}`)
      }
      await refuse('only @own', [...readable, `${permission}.${field}:read@own`])
      await refuse('all but', readable)
      const rest = paths.filter((each) => others.includes(each.field) && !leadsElsewhere(each))
      const { text, problem } = await exportOf(fixture, token, {
        object,
        fields: rest.map(({ path }) => path).slice(0, 100),
        format: 'JSON_LINES',
      })
      if (problem !== null) found.push(`all but ${place}: exporting the rest: ${problem}`)
      for (const leak of valuesIn(text, records, (path) => path === field))
        if (!isDerived(shape, leak, null)) found.push(`all but ${place}: exporting the rest tells ${leak}`)
    }
  }
}

/** Whether a path leads to a field of a related record, for which the caller has no permission. */
function leadsElsewhere({ path }: ExportPath): boolean {
  return path.includes('.') && !path.endsWith('.id')
}

/** A record as text, with its fields in alphabetical order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  )
}
