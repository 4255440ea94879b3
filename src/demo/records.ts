import { encodeId } from '../platform/declare/record-id.ts'
import type { Values } from '../platform/declare/rules/values.ts'
import { recordsByColumns } from '../platform/imports/find-records.ts'
import { objectNamed } from '../platform/registry/registry.ts'
import type { UnitOfWork } from '../platform/request/context.ts'
import { createRecords } from '../platform/writes/create.ts'

const BATCH = 500

/**
 * Creates records and returns their record ids, in the order of the inputs.
 * @throws Error when a record is refused, because demonstration data must not have errors.
 */
export async function createAll(work: UnitOfWork, objectName: string, inputs: readonly Values[]): Promise<string[]> {
  const object = objectNamed(work.context.runtime.registry, objectName)
  const ids: string[] = []
  for (let start = 0; start < inputs.length; start += BATCH) {
    const rows = inputs
      .slice(start, start + BATCH)
      .map((input, index) => ({ input, path: [objectName, String(start + index)] }))
    for (const { id, errors } of await createRecords(work, object, rows, 'REJECT_ALL')) {
      const [error] = errors
      if (id === null)
        throw new Error(
          `Demonstration data was refused at ${error?.path?.join('.') ?? objectName}: ${error?.message ?? 'another row has errors'}`,
        )
      ids.push(encodeId(object.prefix, id))
    }
  }
  return ids
}

/**
 * Returns the record ids of records with a name, in the order of the inputs. Creates a record only when no record with
 * its name exists yet.
 * @throws Error when a record is refused.
 */
export async function createMissing(
  work: UnitOfWork,
  objectName: string,
  inputs: readonly ({ readonly name: string } & Values)[],
): Promise<string[]> {
  const object = objectNamed(work.context.runtime.registry, objectName)
  const column = object.model.columns.get('name')
  const names = inputs.map(({ name }) => name)
  const existing = column ? await recordsByColumns(work, object, [column], names) : []
  const ids = new Map(existing.map(({ id, values: [name] }) => [name ?? '', encodeId(object.prefix, id)]))
  const missing = inputs.filter(({ name }) => !ids.has(name))
  for (const [index, id] of (await createAll(work, objectName, missing)).entries())
    ids.set(missing[index]?.name ?? '', id)
  return names.flatMap((name) => ids.get(name) ?? [])
}
