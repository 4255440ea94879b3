import { type GraphQLSchema, getNamedType, isObjectType, isRequiredArgument } from 'graphql'
import type { ObjectType } from '../../registry/object-type.ts'
import type { Finding } from './finding.ts'
import { selection } from './samples/sample-documents.ts'
import { missingIds } from './samples/sample-ids.ts'
import { sampleInput } from './samples/sample-inputs.ts'
import { type SampleRows, sampleRows } from './samples/sample-rows.ts'
import { type ConformanceApp, failureIn } from './trial-app.ts'

const FEW = 10
const MANY = 50

/**
 * Reads each field that the plugin adds to an object, once for 10 records and once for 50. Returns a problem for a
 * field whose reads send more than one SQL statement.
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
      const counts: number[] = []
      for (const first of [FEW, MANY]) {
        app.resetStatements()
        const response = await app.execute(
          'admin',
          'acme',
          `{ ${object.plural}(first: ${first}) { nodes { ${field} } } }`,
        )
        if (response.errors.length > 0) {
          const failure = failureIn(response)
          // A field that leads to another object reads the fields of that object too, and fails with them.
          if (failure !== null && !failures.has(failure)) problems.push(`${object.name}.${name} fails: ${failure}`)
          if (failure !== null) failures.add(failure)
          else notes.push(`${object.name}.${name} could not be read: ${response.errors[0]?.message}`)
          break
        }
        counts.push(app.statements.length)
      }
      const [few = 0, many = 0] = counts
      if (many > few)
        problems.push(`${object.name}.${name} takes ${few} statements for ${FEW} records and ${many} for ${MANY}.`)
      else if (many > 1) problems.push(`${object.name}.${name} takes ${many} statements, and has to take one.`)
    }
  }
  return { problems, notes }
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
