import type { Model } from '../../../../src/platform/data/models/models.ts'
import type { ItemDeclaration } from '../../../../src/platform/declare/objects/item.ts'
import { columnOrForeignKey, foreignKey } from '../../../../src/platform/registry/columns.ts'
import type { Field, ObjectType, RecordType, Registry } from '../../../../src/platform/registry/object-type.ts'
import { at } from '../../../../src/testing/answers.ts'
import { uuidOf } from './api-lists.ts'
import { rowKey, type ShownRows, type StoredRow, type StoredRows } from './stored-rows.ts'

/** The log is read through the API only. */
export const NOT_ASKED: ReadonlySet<string> = new Set(['Change', 'AuditEntry'])

/** A field of an object, as it is asked for, and what its value shows of the tables. */
export interface Probe {
  /** Model and columns that the field shows. */
  readonly publishes: { readonly model: Model; readonly columns: readonly string[] }
  /** Returns the selection of the field, under the alias. */
  selection(alias: string): string
  /** Marks what the field shows: its value is not null on the record with this uuid. */
  show(id: string, value: unknown): void
}

/** What the probes of a caller's answers look up and write. */
interface Finding {
  readonly registry: Registry
  readonly stored: StoredRows
  readonly shown: ShownRows
}

/** Returns a probe of each field of an object that shows columns or parts of its records. */
export function probesOf(finding: Finding, object: ObjectType): Probe[] {
  const fields = [...object.fields.values()].flatMap((field) => fieldProbes(finding, object, field))
  const details = [...object.variants.values()].flatMap(({ name, detail }) =>
    [...(detail?.fields.values() ?? [])].flatMap((field) =>
      (detail ? valueProbes(finding, detail, field) : []).map((probe) => ({
        ...probe,
        selection: (alias: string) => `... on ${name} { ${probe.selection(alias)} }`,
      })),
    ),
  )
  return [...fields, ...details]
}

function fieldProbes(finding: Finding, object: ObjectType, field: Field): Probe[] {
  if (field.kind !== 'declared') return valueProbes(finding, object, field)
  const { declaration, name } = field
  if (declaration.kind === 'items') return [itemsProbe(finding, name, declaration.item, declaration.by)]
  if (declaration.kind === 'references') return [referencesProbe(finding, name, declaration)]
  if (declaration.kind === 'many' && declaration.link) return [linkProbe(finding, name, declaration.link)]
  if (declaration.kind === 'many') return listProbes(finding, name, declaration)
  return valueProbes(finding, object, field)
}

/** Returns the probe of a list that alone shows the column of its records that leads to it; none for another list. */
function listProbes(
  finding: Finding,
  name: string,
  { object, by = '' }: { readonly object: string; readonly by?: string },
): Probe[] {
  const target = finding.registry.objects.get(object)
  if (!target || NOT_ASKED.has(object)) return []
  const { model } = target
  const column = columnOrForeignKey(model, by).name
  const published = [...target.fields.values()].flatMap((field) => valueProbes(finding, target, field))
  if (published.some(({ publishes }) => publishes.columns.includes(column))) return []
  return [
    {
      publishes: { model, columns: [column] },
      selection: (alias) => `${alias}: ${name}(first: 200) { nodes { id } }`,
      show(_, value) {
        for (const record of elements(at(value, 'nodes')))
          finding.shown.showValues(model, [column], uuidOf(String(at(record, 'id'))))
      },
    },
  ]
}

/** Returns the probe of a field that is stored in columns of the record's own row; none for another field. */
function valueProbes({ shown }: Finding, { model }: RecordType, field: Field): Probe[] {
  const probe = (subfields: string, columns: readonly string[]): Probe[] => [
    {
      publishes: { model, columns },
      selection: (alias) => `${alias}: ${field.name} ${subfields}`,
      show: (id) => shown.showValues(model, columns, id),
    },
  ]
  if (field.kind === 'column') return probe('', [field.column.name])
  if (field.kind === 'one') return probe('{ __typename }', [foreignKey(model, field.relation).name])
  const { declaration } = field
  if (declaration.kind === 'money') return probe('{ amount }', [declaration.amount, declaration.currency])
  if (declaration.kind === 'reference') return probe('{ __typename }', [declaration.typeColumn, declaration.idColumn])
  return []
}

/** All items of a record are in the list, in the order of the stored rows. */
function itemsProbe(finding: Finding, name: string, item: ItemDeclaration, by: string): Probe {
  const model = modelNamed(finding, item.model)
  const { fields, columns, show } = partFields(finding, model, item)
  const key = columnOrForeignKey(model, by).name
  return {
    publishes: { model, columns: [key, ...columns] },
    selection: (alias) => `${alias}: ${name} { __typename ${fields} }`,
    show(id, value) {
      const rows = partsOf(finding, model, by, id)
      const items = elements(value)
      if (items.length !== rows.length) throw new Error(`${name} has ${items.length} items of ${rows.length}.`)
      for (const [index, row] of rows.entries()) show(row, items[index], [key])
    },
  }
}

/** The edges of a connection are links in the order of their ids. Links with hidden records are left out. */
function linkProbe(
  finding: Finding,
  name: string,
  { item, by, to }: { readonly item: ItemDeclaration; readonly by: string; readonly to: string },
): Probe {
  const model = modelNamed(finding, item.model)
  const { fields, columns, show } = partFields(finding, model, { ...item, relations: {} })
  const keys = [by, to].map((key) => columnOrForeignKey(model, key).name)
  return {
    publishes: { model, columns: [...keys, ...columns] },
    selection: (alias) => `${alias}: ${name}(first: 200) { edges { node { id } ${fields} } }`,
    show(id, value) {
      const rows = partsOf(finding, model, by, id)
      const used = new Set<StoredRow>()
      for (const edge of elements(at(value, 'edges'))) {
        const other = uuidOf(String(at(edge, 'node.id')))
        const row = rows.find((each) => each[keys[1] ?? ''] === other && !used.has(each))
        if (!row) throw new Error(`${name} has an edge to ${other} that is not stored.`)
        used.add(row)
        show(row, edge, keys)
      }
    },
  }
}

/** References to records of any object; those to hidden records are left out. */
function referencesProbe(
  finding: Finding,
  name: string,
  declaration: {
    readonly model: string
    readonly by: string
    readonly typeColumn: string
    readonly idColumn: string
  },
): Probe {
  const model = modelNamed(finding, declaration.model)
  const { by, typeColumn, idColumn } = declaration
  const columns = [columnOrForeignKey(model, by).name, typeColumn, idColumn]
  return {
    publishes: { model, columns },
    selection: (alias) => `${alias}: ${name} { id }`,
    show(id, value) {
      const others = new Set(elements(value).map((record) => uuidOf(String(at(record, 'id')))))
      for (const row of partsOf(finding, model, by, id)) {
        if (!others.has(String(row[idColumn]))) continue
        finding.shown.showRow(model, rowKey(model, row))
        finding.shown.showValues(model, columns, rowKey(model, row))
      }
    },
  }
}

/** The fields of an item or link, and a function that marks a row of its table by an answer with these fields. */
function partFields({ shown }: Finding, model: Model, { columns, relations = {}, fields = {} }: ItemDeclaration) {
  const parts = [
    ...Object.keys(columns).map((name) => ({ name, subfields: '', columns: [name] })),
    ...Object.keys(relations).map((name) => ({
      name,
      subfields: '{ __typename }',
      columns: [columnOrForeignKey(model, name).name],
    })),
    ...Object.entries(fields).map(([name, { amount, currency }]) => ({
      name,
      subfields: '{ amount }',
      columns: [amount, currency],
    })),
  ]
  return {
    columns: parts.flatMap(({ columns: each }) => each),
    fields: parts.map(({ name, subfields }) => `${name} ${subfields}`).join(' '),
    show(row: StoredRow, answer: unknown, keys: readonly string[]) {
      const key = rowKey(model, row)
      const published = parts.filter(({ name }) => at(answer, name) !== null).flatMap(({ columns: each }) => each)
      shown.showRow(model, key)
      shown.showValues(model, [...keys, ...published], key)
    },
  }
}

function partsOf({ stored }: Finding, model: Model, by: string, id: string): readonly StoredRow[] {
  const key = columnOrForeignKey(model, by).name
  return (stored.get(model.name) ?? []).filter((row) => row[key] === id)
}

function modelNamed({ registry }: Finding, name: string): Model {
  const model = registry.models.models.get(name)
  if (!model) throw new Error(`There is no model ${name}.`)
  return model
}

function elements(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${JSON.stringify(value)} is not a list.`)
  return value
}
