import type { ObjectType, Registry } from '../../../../src/platform/registry/object-type.ts'
import { at } from '../../../../src/testing/answers.ts'
import type { Caller } from '../data/callers.ts'
import { type ApiRecord, listRecords } from './api-lists.ts'
import { NOT_ASKED, type Probe, probesOf } from './probes.ts'
import { createShownRows, type ShownRows, type StoredRows } from './stored-rows.ts'

/**
 * Asks the API as the caller for all records of all objects, with each of their fields that is stored in columns or as
 * parts of the record. A field that the API refuses is not shown, and does not keep the other fields from being shown.
 */
export async function askApi(registry: Registry, stored: StoredRows, caller: Caller): Promise<ShownRows> {
  const shown = createShownRows()
  for (const object of registry.objects.values())
    if (!NOT_ASKED.has(object.name)) await askObject(registry, stored, caller, object, shown)
  return shown
}

async function askObject(
  registry: Registry,
  stored: StoredRows,
  caller: Caller,
  object: ObjectType,
  shown: ShownRows,
): Promise<void> {
  const list = (selection: string) => listRecords(caller, object, stored, selection)
  const records = (await list('')) ?? []
  if (records.length === 0) return
  for (const { id } of records) {
    shown.showRow(object.model, id)
    for (const { detail, kind } of object.variants.values())
      if (detail && kind === kindOf(stored, object, id)) shown.showRow(detail.model, id)
  }
  const probes = probesOf({ registry, stored, shown }, object)
  const show = (index: number, answers: readonly ApiRecord[] | null) => {
    for (const { id, answer } of answers ?? []) {
      const value = at(answer, `f${index}`)
      if (value !== null && value !== undefined) probes[index]?.show(id, value)
    }
  }
  const selections = probes.map(({ selection }, index) => selection(`f${index}`))
  const all = await list(selections.join(' '))
  const readable: Probe[] = []
  for (const [index, selection] of selections.entries()) {
    const answers = all ?? (await list(selection))
    show(index, answers)
    if (answers) readable.push(...probes.slice(index, index + 1))
  }
  if (object.name === 'RelationshipSide') showUnlisted(stored, object, shown, readable)
}

/**
 * Shows the sides of relationships whose own party is hidden. They are in no list, but tell only what their
 * relationships tell: so they are visible with these.
 */
function showUnlisted(stored: StoredRows, { model }: ObjectType, shown: ShownRows, readable: readonly Probe[]): void {
  const isShown = (name: string, id: unknown) => shown.rowsOf(name).has(String(id))
  for (const side of stored.get(model.name) ?? []) {
    const id = String(side['id'])
    // The second side has the id of the relationship with another version.
    if (isShown(model.name, id) || !isShown('Relationship', `${id.slice(0, 14)}7${id.slice(15)}`)) continue
    shown.showRow(model, id)
    for (const { publishes, show } of readable)
      if (!publishes.columns.includes('otherId') || isShown(String(side['otherType']), side['otherId'])) show(id, true)
  }
}

/** The models of which the API shows rows, with the columns that fields publish. */
export function publishedColumns(registry: Registry): ReadonlyMap<string, ReadonlySet<string>> {
  const published = new Map<string, Set<string>>()
  const add = (model: string, columns: readonly string[]) => {
    const known = published.get(model) ?? new Set()
    published.set(model, known)
    for (const column of columns) known.add(column)
  }
  for (const object of registry.objects.values()) {
    if (NOT_ASKED.has(object.name)) continue
    const ofObject = [object.where?.column, object.discriminator].flatMap((column) => column?.name ?? [])
    add(object.model.name, ofObject)
    for (const { detail } of object.variants.values()) if (detail) add(detail.model.name, [])
    for (const { publishes } of probesOf({ registry, stored: new Map(), shown: createShownRows() }, object))
      add(publishes.model.name, publishes.columns)
  }
  return published
}

function kindOf(stored: StoredRows, { model, discriminator }: ObjectType, id: string): unknown {
  return stored.get(model.name)?.find((row) => row['id'] === id)?.[discriminator?.name ?? '']
}
