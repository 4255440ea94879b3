import { type GraphQLSchema, getNamedType, isObjectType, isRequiredArgument } from 'graphql'
import type { ObjectType } from '../../registry/object-type.ts'
import type { Finding } from './finding.ts'
import { selection } from './samples/sample-documents.ts'
import { missingIds } from './samples/sample-ids.ts'
import { sampleInput } from './samples/sample-inputs.ts'
import { type SampleRows, sampleRows } from './samples/sample-rows.ts'
import { type ConformanceApp, type ExplainedResponse, failureIn } from './trial-app.ts'

const FEW = 10
const MANY = 50

/**
 * Reads each field that the plugin adds to an object, once for 10 records and once for 50. Returns a problem for a
 * field that is compiled into the statement and sends another one, and for a field whose code runs after the statement
 * and sends more statements for more records.
 */
export async function statementProblems(
  app: ConformanceApp,
  before: GraphQLSchema,
  pluginId: string,
): Promise<Omit<Finding, 'check'>> {
  const { registry, schema } = app.runtime
  const rows = sampleRows(app.ownerPool, registry.models, app.workspaceId('acme'), app.adminId('acme'))
  const problems: string[] = []
  const notes: string[] = []
  const failures = new Set<string>()
  for (const object of registry.objects.values()) {
    if (!object.plural || (object.pluginId !== pluginId && !isExtended(before, schema, object))) continue
    const note = await createRows(rows, object)
    if (note) notes.push(note)
    for (const [name, field] of addedFields(app, before, object)) {
      const few = await app.explain(listDocument(object, field, FEW))
      const many = few.errors.length > 0 ? few : await app.explain(listDocument(object, field, MANY))
      if (many.errors.length > 0) {
        const failure = failureIn(many)
        // A field that leads to another object reads the fields of that object too, and fails with them.
        if (failure === null) notes.push(`${object.name}.${name} could not be read: ${many.errors[0]?.message}`)
        else if (!failures.has(failure)) problems.push(`${object.name}.${name} fails: ${failure}`)
        if (failure !== null) failures.add(failure)
        continue
      }
      const problem = countProblem(few, many)
      if (problem === null || (problem.code !== null && failures.has(problem.code))) continue
      if (problem.code !== null) failures.add(problem.code)
      problems.push(`${object.name}.${name} takes ${problem.text}`)
    }
  }
  return { problems, notes }
}

function listDocument({ plural }: ObjectType, field: string, first: number): string {
  return `{ ${plural}(first: ${first}) { nodes { ${field} } } }`
}

/** Why the reads of a field send too many statements. */
interface CountProblem {
  readonly text: string
  /** The fields whose code runs after the statement; null without code. A field that leads to their records has the same. */
  readonly code: string | null
}

function countProblem(few: ExplainedResponse, many: ExplainedResponse): CountProblem | null {
  const counts = `${few.statementCount} statements for ${FEW} records and ${many.statementCount} for ${MANY}`
  const isGrowing = many.statementCount > few.statementCount
  if (many.computed.length > 0) {
    const code = many.computed.join(', ')
    const text = `${counts}. Code runs after the statement, for ${code}: it has to read what it needs for all records together.`
    return isGrowing ? { text, code } : null
  }
  const text = `${isGrowing ? counts : `${many.statementCount} statements`}, and has to take one: it is compiled into the statement.`
  return many.statementCount > 1 ? { text, code: null } : null
}

function isExtended(before: GraphQLSchema, after: GraphQLSchema, { name }: ObjectType): boolean {
  return fieldNames(after, name).length > fieldNames(before, name).length
}

function fieldNames(schema: GraphQLSchema, name: string): string[] {
  const type = schema.getType(name)
  return isObjectType(type) ? Object.keys(type.getFields()) : []
}

/** Returns the fields of an object that `before` does not have, each with its selection in GraphQL. */
function addedFields(
  app: ConformanceApp,
  before: GraphQLSchema,
  { name }: ObjectType,
): [name: string, selected: string][] {
  const type = app.runtime.schema.getType(name)
  if (!isObjectType(type)) return []
  const existing = new Set(fieldNames(before, name))
  const idFor = missingIds(app.runtime.registry)
  return Object.values(type.getFields())
    .filter((field) => !existing.has(field.name))
    .map((field) => {
      const args = field.args
        .filter(isRequiredArgument)
        .map((arg) => `${arg.name}: ${literal(sampleInput(arg.type, arg.name, idFor), getNamedType(arg.type).name)}`)
      return [field.name, `${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${selection(field.type, 1)}`]
    })
}

/** Returns a value as a literal in a GraphQL document. */
function literal(value: unknown, type: string): string {
  if (value !== null && typeof value === 'object') {
    if (Array.isArray(value)) return `[${value.map((element) => literal(element, type)).join(', ')}]`
    return `{ ${Object.entries(value)
      .map(([name, property]) => `${name}: ${literal(property, '')}`)
      .join(', ')} }`
  }
  return JSON.stringify(value)
}

async function createRows(rows: SampleRows, object: ObjectType): Promise<string | null> {
  try {
    for (let count = 0; count < MANY; count++) await rows.create(object.model.name)
    return null
  } catch (error) {
    return `no ${MANY} samples of ${object.name} could be created: ${error instanceof Error ? error.message : String(error)}`
  }
}
