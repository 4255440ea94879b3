import { uuidv7 } from 'uuidv7'
import { encodeId } from '../../declare/record-id.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { Finding } from './finding.ts'
import { missingIds } from './permission-checks.ts'
import type { RootPart } from './root-parts.ts'
import { sampleDocument } from './samples/sample-documents.ts'
import { type SampleRows, sampleRows } from './samples/sample-rows.ts'
import type { ConformanceApp } from './trial-app.ts'

/**
 * Makes a record of each object of the plugin in one workspace and asks for it from the other: the answer has to be the
 * same as for a record that is not there, and no list may show it.
 */
export async function isolationProblems(
  app: ConformanceApp,
  pluginId: string,
  parts: readonly RootPart[],
): Promise<Omit<Finding, 'check'>> {
  const { registry } = app.runtime
  const rows = sampleRows(app.ownerPool, registry.models, app.workspaceId('acme'), app.adminId('acme'))
  const problems: string[] = []
  const notes: string[] = []
  const own = [...registry.models.models.values()].filter((model) => model.pluginId === pluginId && !model.isView)
  for (const model of own) {
    const problem = await makeRow(rows, model.name)
    if (problem) notes.push(problem)
    else problems.push(...(await rowProblems(app, model.table)))
  }
  for (const object of registry.objects.values()) {
    if (object.pluginId !== pluginId || !object.isNode) continue
    const row = await rows.of(object.model.name).catch(() => null)
    if (row) problems.push(...(await recordProblems(app, object, String(row['id']), parts)))
  }
  return { problems, notes }
}

async function makeRow(rows: SampleRows, model: string): Promise<string | null> {
  try {
    await rows.of(model)
    return null
  } catch (error) {
    return `no sample of ${model} could be made: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Rows that the other workspace's transactions see in a table. */
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
  parts: readonly RootPart[],
): Promise<string[]> {
  const id = encodeId(object.prefix, uuid)
  const missing = encodeId(object.prefix, uuidv7())
  const asked = async (make: (id: string) => ReturnType<typeof sampleDocument>) => {
    const answers = []
    for (const each of [id, missing]) {
      const { document, variables } = make(each)
      const { data, errors } = await app.ask('admin', 'globex', document, variables)
      const coded = errors.map(({ message, extensions }) => [message, extensions?.['code']])
      answers.push(JSON.stringify([data, coded]).replaceAll(each, 'ID'))
    }
    return answers[0] === answers[1]
  }
  const problems: string[] = []
  if (!(await asked((each) => ({ document: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id: each } }))))
    problems.push(`node(id:) tells another workspace of a ${object.name} that is not its own.`)
  for (const { kind, field } of parts.filter((part) => isAbout(part, object))) {
    const idFor = missingIds(app.runtime.registry)
    const isSame = await asked((each) => sampleDocument(kind, field, (name) => (name === 'id' ? each : idFor(name))))
    if (!isSame) problems.push(`${field.name} tells another workspace of a ${object.name} that is not its own.`)
  }
  if (object.plural) {
    const { data } = await app.ask('admin', 'globex', `{ ${object.plural} { nodes { id } } }`)
    if (JSON.stringify(data ?? null).includes(id))
      problems.push(`${object.plural} shows another workspace a ${object.name} that is not its own.`)
  }
  return problems
}

/** Root fields over one record of the object, by its id. */
function isAbout({ field, permission }: RootPart, { singular }: ObjectType): boolean {
  const isOne = field.args.some(
    ({ name, type }) => name === 'id' || String(type).endsWith(`${capital(field.name)}Input!`),
  )
  return isOne && permission?.startsWith(`${singular}:`) === true && !permission.endsWith(':create')
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
