import { uuidv7 } from 'uuidv7'
import { encodeId } from '../../declare/record-id.ts'
import { capital } from '../../formats/capital.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { Finding } from './finding.ts'
import type { RootField } from './root-parts.ts'
import { sampleDocument } from './samples/sample-documents.ts'
import { missingIds } from './samples/sample-ids.ts'
import { type SampleRows, sampleRows } from './samples/sample-rows.ts'
import type { ConformanceApp } from './trial-app.ts'

/**
 * Creates a row of each model of the plugin in one workspace, and requests the record from another workspace. Returns a
 * problem when the response differs from the response for a record that does not exist, and when a list contains the
 * record.
 */
export async function isolationProblems(
  app: ConformanceApp,
  pluginId: string,
  rootFields: readonly RootField[],
): Promise<Omit<Finding, 'check'>> {
  const { registry } = app.runtime
  const rows = sampleRows(app.ownerPool, registry.models, app.workspaceId('acme'), app.adminId('acme'))
  const problems: string[] = []
  const notes: string[] = []
  const pluginModels = [...registry.models.models.values()].filter(
    (model) => model.pluginId === pluginId && !model.isView,
  )
  for (const model of pluginModels) {
    const problem = await createRow(rows, model.name)
    if (problem) notes.push(problem)
    else problems.push(...(await rowProblems(app, model.table)))
  }
  for (const object of registry.objects.values()) {
    if (object.pluginId !== pluginId || !object.isNode) continue
    const row = await rows.get(object.model.name).catch(() => null)
    if (row) problems.push(...(await recordProblems(app, object, String(row['id']), rootFields)))
  }
  return { problems, notes }
}

async function createRow(rows: SampleRows, model: string): Promise<string | null> {
  try {
    await rows.get(model)
    return null
  } catch (error) {
    return `no sample of ${model} could be created: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Returns a problem when a transaction of the workspace `globex` can read the rows of `acme` in the table. */
async function rowProblems({ ownerPool, workspaceId }: ConformanceApp, table: string): Promise<string[]> {
  const client = await ownerPool.connect()
  try {
    await client.query('begin')
    await client.query('set local role rapport_app')
    await client.query(`select set_config('app.workspace_id', $1, true)`, [workspaceId('globex')])
    const { rowCount } = await client.query(`select 1 from "${table}" where workspace_id = $1 limit 1`, [
      workspaceId('acme'),
    ])
    return rowCount === 0
      ? []
      : [`The table ${table} shows rows of one workspace to another. Give it the policy "workspace".`]
  } finally {
    await client.query('rollback')
    client.release()
  }
}

async function recordProblems(
  app: ConformanceApp,
  object: ObjectType,
  uuid: string,
  rootFields: readonly RootField[],
): Promise<string[]> {
  const id = encodeId(object.prefix, uuid)
  const missingId = encodeId(object.prefix, uuidv7())
  const isIndistinguishable = async (sample: (id: string) => ReturnType<typeof sampleDocument>) => {
    const responses = []
    for (const requestedId of [id, missingId]) {
      const { document, variables } = sample(requestedId)
      const { data, errors } = await app.execute('admin', 'globex', document, variables)
      const coded = errors.map(({ message, extensions }) => [message, extensions?.['code']])
      // A server error has the id of the request in its message, which tells nothing about the record.
      const requestIds = errors.map(({ extensions }) => String(extensions?.['requestId']))
      const text = JSON.stringify([data, coded]).replaceAll(requestedId, 'ID')
      responses.push(requestIds.reduce((rest, requestId) => rest.replaceAll(requestId, 'REQUEST'), text))
    }
    return responses[0] === responses[1]
  }
  const problems: string[] = []
  if (
    !(await isIndistinguishable((requestedId) => ({
      document: 'query ($id: ID!) { node(id: $id) { id } }',
      variables: { id: requestedId },
    })))
  )
    problems.push(`node(id:) reveals to another workspace that a ${object.name} exists.`)
  for (const { kind, field } of rootFields.filter((rootField) => isOfOneRecord(rootField, object))) {
    const idFor = missingIds(app.runtime.registry)
    const isSame = await isIndistinguishable((requestedId) =>
      sampleDocument(kind, field, (name) => (name === 'id' ? requestedId : idFor(name))),
    )
    if (!isSame) problems.push(`${field.name} reveals to another workspace that a ${object.name} exists.`)
  }
  if (object.plural) {
    const { data } = await app.execute('admin', 'globex', `{ ${object.plural} { nodes { id } } }`)
    if (JSON.stringify(data ?? null).includes(id))
      problems.push(`${object.plural} shows another workspace a ${object.name} that is not its own.`)
  }
  return problems
}

/** Whether a root field reads or writes one record of the object, which an argument or its input identifies by id. */
function isOfOneRecord({ field, permission }: RootField, { singular }: ObjectType): boolean {
  const isOne = field.args.some(
    ({ name, type }) => name === 'id' || String(type).endsWith(`${capital(field.name)}Input!`),
  )
  return isOne && permission?.startsWith(`${singular}:`) === true && !permission.endsWith(':create')
}
