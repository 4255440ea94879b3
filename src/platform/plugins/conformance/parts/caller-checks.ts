import { isNonNullType, isRequiredArgument } from 'graphql'
import { parsePermission } from '../../../declare/permission.ts'
import type { Plugin } from '../../../declare/plugin.ts'
import { decodeRecordId, encodeId } from '../../../declare/record-id.ts'
import type { ObjectType } from '../../../registry/object-type.ts'
import { objectBySingular } from '../../../registry/registry.ts'
import { isNotSensitive, mayWithRole, ROLES } from '../permission-checks.ts'
import type { RootField } from '../root-parts.ts'
import { sampleDocument } from '../samples/sample-documents.ts'
import type { SampleIds } from '../samples/sample-ids.ts'
import { type Filling, sampleInput } from '../samples/sample-inputs.ts'
import type { SampleRows } from '../samples/sample-rows.ts'
import { type ConformanceApp, failureIn } from '../trial-app.ts'
import type { PartReport } from './part-report.ts'

/** Values of a root field's arguments, by name. */
type Arguments = Readonly<Record<string, unknown>>

const FILLINGS: readonly Filling[] = ['absent', 'complete', 'null', 'empty']

/**
 * Runs each query, act and operation of the plugin on sample records, as a user of each role that may call it. A user
 * error or a refused argument is an answer; any other error is reported.
 */
export async function runForCallers(
  app: ConformanceApp,
  plugin: Plugin,
  rootFields: readonly RootField[],
  { rows, ids }: { readonly rows: SampleRows; readonly ids: SampleIds },
  report: PartReport,
): Promise<void> {
  for (const rootField of rootFields) {
    const { kind, field, permission } = rootField
    const act = plugin.acts?.find(({ name }) => name === field.name)
    const parts = kind === 'query' ? plugin.queries : plugin.operations
    if (!act && !parts?.some(({ name }) => name === field.name)) continue
    const object = act ? app.runtime.registry.objects.get(act.object) : objectOfPermission(app, rootField)
    if (act && object && ids.uuidOf(object) === null) {
      report.notRun(`${act.name} was not run: no sample of ${object.name} could be created`)
      continue
    }
    const idFor = ids.idFor(object ?? null)
    let refusal: string | null = null
    let isAnswered = false
    for (const role of ROLES.filter((each) => permission === null || mayWithRole(each, permission))) {
      const samples =
        act && object
          ? await actArguments(app, rows, object, sampleArguments(rootField, idFor), idFor('id'))
          : sampleArguments(rootField, idFor)
      for (const values of samples) {
        const isSelected = role === 'admin' ? undefined : isNotSensitive
        const { document, variables } = sampleDocument(kind, field, idFor, values, isSelected)
        const response = await app.execute(role, 'acme', document, variables)
        const failure = failureIn(response)
        if (failure !== null)
          report.failed(`${kind} ${field.name}`, ` as ${role} with ${JSON.stringify(variables)}`, failure)
        isAnswered ||= failure !== null || response.errors.length === 0
        refusal ??= response.errors[0]?.message ?? null
      }
    }
    if (!isAnswered && refusal !== null) report.notRun(`${field.name} refuses each sample: ${refusal}`)
  }
}

function objectOfPermission({ runtime }: ConformanceApp, { permission }: RootField): ObjectType | undefined {
  const parsed = permission === null ? null : parsePermission(permission)
  return parsed ? objectBySingular(runtime.registry, parsed.object) : undefined
}

/** Returns different arguments of a query or operation: with and without the values that are optional. */
function sampleArguments({ field }: RootField, idFor: (name: string) => string): Arguments[] {
  const samples = new Map<string, Arguments>()
  for (const filling of FILLINGS) {
    const args = field.args.filter((arg) => filling !== 'absent' || isRequiredArgument(arg))
    const values = Object.fromEntries(
      args.map(({ name, type }) => [
        name,
        filling === 'null' && !isNonNullType(type) ? null : sampleInput(type, name, idFor, filling),
      ]),
    )
    samples.set(JSON.stringify(values), values)
  }
  return [...samples.values()]
}

/**
 * Returns samples of an act's arguments for new records, because a run may change the state of the record. Where the
 * database allows only one record, returns samples for the record with this id.
 */
async function actArguments(
  app: ConformanceApp,
  rows: SampleRows,
  object: ObjectType,
  samples: readonly Arguments[],
  existingId: string,
): Promise<Arguments[]> {
  const args: Arguments[] = []
  for (const { input } of samples)
    args.push({ input: { ...Object(input), ...(await newRecord(app, rows, object, existingId)) } })
  return args
}

/** Returns the id and version of a new record, or of the existing one where another can't be created. */
async function newRecord(
  { ownerPool }: ConformanceApp,
  rows: SampleRows,
  { model, prefix }: ObjectType,
  existingId: string,
): Promise<{ readonly id: string; readonly version: number }> {
  const row = await rows.create(model.name).catch(() => null)
  const id = row ? encodeId(prefix, String(row['id'])) : existingId
  const { rows: versions } = await ownerPool.query<{ version: number }>(
    `select version from "${model.table}" where id = $1`,
    [decodeRecordId(id, prefix)],
  )
  return { id, version: versions[0]?.version ?? 1 }
}
