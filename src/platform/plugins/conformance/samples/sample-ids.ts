import { uuidv7 } from 'uuidv7'
import { encodeId } from '../../../declare/record-id.ts'
import { foreignKey } from '../../../registry/columns.ts'
import type { ObjectType, Registry } from '../../../registry/object-type.ts'
import { objectBySingular } from '../../../registry/registry.ts'
import type { IdFor } from './sample-inputs.ts'
import type { SampleRows } from './sample-rows.ts'

/** Returns a function that creates well-formed ids of records that do not exist. */
export function missingIds(registry: Registry): IdFor {
  return (field) => encodeId(objectOfInput(registry, field)?.prefix ?? 'account', uuidv7())
}

/** Ids of sample records. */
export interface SampleIds {
  /**
   * Returns the record id for an input field, such as the id of the contact for `contactId`, and of an account for a
   * field whose name says nothing.
   * @param idObject Object of the record that the field `id` names; null when it is not known.
   */
  idFor(idObject: ObjectType | null): IdFor
  /** Returns the uuid of the record of an object, or null when the database refused a row. */
  uuidOf(object: ObjectType): string | null
}

/** Creates a row of each object, and leaves out the objects whose row the database refuses. */
export async function sampleIds(registry: Registry, rows: SampleRows): Promise<SampleIds> {
  const uuids = new Map<string, string>()
  for (const object of registry.objects.values()) {
    if (!object.isNode) continue
    const row = await rows.get(object.model.name).catch(() => null)
    if (row) uuids.set(object.name, String(row['id']))
  }
  const idOf = (object: ObjectType | null | undefined) => {
    const uuid = object && uuids.get(object.name)
    return uuid ? encodeId(object.prefix, uuid) : null
  }
  return {
    idFor: (idObject) => (field) =>
      idOf(field === 'id' && idObject ? idObject : objectOfInput(registry, field)) ??
      idOf(registry.objects.get('Account')) ??
      '',
    uuidOf: ({ name }) => uuids.get(name) ?? null,
  }
}

/**
 * Returns the object of the record that an input field of this name refers to, such as Contact for `contactId`, or
 * null.
 */
export function objectOfInput(registry: Registry, field: string): ObjectType | null {
  for (const object of [...registry.objects.values()].reverse())
    for (const declared of object.fields.values())
      if (declared.kind === 'one' && foreignKey(object.model, declared.relation).name === field)
        return registry.objects.get(declared.object) ?? null
  const singular = field.replace(/Ids?$/, '')
  return objectBySingular(registry, singular) ?? null
}
