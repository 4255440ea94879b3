import { and, columnOf, ident, type Sql, sql } from '../data/sql.ts'
import type { Column, Model } from '../data/models.ts'
import type { ComputedField, GroupField, ItemsField, ListField, ManyField, ReferenceField, ReferencesField, SourceField } from '../schema/fields.ts'
import { encodeId } from '../schema/ids.ts'
import { columnOrForeignKey, type Field, foreignKey, type ObjectType, objectNamed, type RecordType, type Registry } from '../schema/registry.ts'
import { compileConnection } from './connection.ts'
import type { OrderKey } from './keyset.ts'
import { orderKeys, orderTerms } from './order.ts'
import { asIs, type Compiled, elementsOf, type FieldRead, type Place, rowOf, workspaceOf } from './reading.ts'
import { compileRecord, tableOf } from './record.ts'
import { compileReference } from './reference.ts'
import { scalarValue } from './scalars.ts'
import { assemble, compileParts, compileSelection, subfields } from './select.ts'
import { visible } from './visible.ts'
import { where } from './where.ts'

/** How a declared field is read. */
export function fieldRead(registry: Registry, type: RecordType, field: Field, prefix: string | null): FieldRead {
  if (field.kind === 'column') return field.name === 'id' && prefix ? readId(type, prefix) : readColumn(field.column)
  if (field.kind === 'one') return readOne(registry, field)
  const { declaration } = field
  switch (declaration.kind) {
    case 'money':
      return readMoney(type.model, declaration.amount, declaration.currency)
    case 'items':
      return readItems(registry, declaration)
    case 'many':
      return readMany(registry, type, field.name, declaration)
    case 'reference':
      return readReference(declaration)
    case 'references':
      return readReferences(registry, declaration)
    case 'list':
      return readList(registry, declaration)
    case 'computed':
      return readComputed(declaration)
    case 'group':
      return readGroup(declaration)
    case 'source':
      return readSource(registry, declaration)
    case 'custom':
      return declaration.read
  }
}

function readColumn(column: Column): FieldRead {
  return ({ row }) => scalarValue(column, row.column(column.name))
}

function readId(type: RecordType, prefix: string): FieldRead {
  return ({ row }) => ({ sql: columnOf(row.alias, type.model.columns.get('id')?.column ?? 'id'), shape: (value) => (typeof value === 'string' ? encodeId(prefix, value) : null) })
}

/** A column of a variant's detail table. */
export function readDetail(detail: RecordType, column: Column): FieldRead {
  return ({ reading, row }) => {
    const other = rowOf(reading.alias(), detail.model)
    const value = scalarValue(column, other.column(column.name))
    return {
      sql: sql`(select ${value.sql} from ${ident(detail.model.table)} ${other.alias} where ${other.column('workspaceId')} = ${row.column('workspaceId')} and ${other.column('id')} = ${row.column('id')})`,
      shape: value.shape,
    }
  }
}

function readOne(registry: Registry, field: Extract<Field, { kind: 'one' }>): FieldRead {
  return ({ reading, row, group }) => {
    const target = objectNamed(registry, field.object)
    return oneRecord({ reading, group }, target, (other) => [
      sql`${other.column('workspaceId')} = ${row.column('workspaceId')}`,
      sql`${other.column('id')} = ${row.column(foreignKey(row.model, field.relation).name)}`,
    ])
  }
}

/** One record of the object by conditions that at most one row meets, or null. */
export function oneRecord(
  place: Pick<Place, 'reading' | 'group'>,
  object: ObjectType,
  conditions: (row: ReturnType<typeof rowOf>) => readonly Sql[],
  options: { readonly includeDeleted?: boolean } = {},
): Compiled {
  const row = rowOf(place.reading.alias(), object.model)
  const record = compileRecord(place.reading, object, row, place.group)
  const met = and([...conditions(row), ...visible(place.reading, object, row, options)])
  return { sql: sql`(select ${record.sql} from ${tableOf(object, row)} where ${met})`, shape: record.shape }
}

function readMoney(model: Model, amountName: string, currencyName: string): FieldRead {
  return ({ reading, row, group }) => {
    const keys = [...subfields(reading, 'Money', group)].map(([key, [node]]) => ({ key, name: node.name.value }))
    const amount = row.column(amountName)
    const scale = model.columns.get(amountName)
    return {
      // Trailing zeros beyond two decimals say nothing about money: 5.0000 is answered as 5.00.
      sql: sql`case when ${amount} is not null then json_build_array(trim_scale(${amount})::text, ${row.column(currencyName)}) end`,
      shape(value) {
        if (value === null || !scale) return null
        const [text, currency] = elementsOf(value)
        return Object.fromEntries(keys.map(({ key, name }) => [key, name === 'amount' ? withCents(String(text)) : name === 'currency' ? currency : 'Money']))
      },
    }
  }
}

function withCents(text: string): string {
  const point = text.indexOf('.')
  return point < 0 ? `${text}.00` : text.padEnd(point + 3, '0')
}

function readItems(registry: Registry, declaration: ItemsField): FieldRead {
  const model = registry.models.models.get(declaration.item.model)
  if (!model) throw new Error(`No model ${declaration.item.model}.`)
  const typeName = declaration.item.name ?? declaration.item.model
  return ({ reading, row, group }) => {
    const item = rowOf(reading.alias(), model)
    const selection = compileSelection(reading, typeName, item, group)
    return listOf(
      sql`select ${selection.sql} as item from ${ident(model.table)} ${item.alias} where ${item.column('workspaceId')} = ${row.column('workspaceId')} and ${item.column(
        columnOrForeignKey(model, declaration.by).name,
      )} = ${row.column('id')} order by ${item.column('position')}, ${item.column('id')}`,
      selection.shape,
    )
  }
}

function listOf(rows: Sql, shape: (value: unknown) => unknown): Compiled {
  return { sql: sql`(select json_agg(p.item) from (${rows}) p)`, shape: (value) => (value === null ? [] : elementsOf(value).map(shape)) }
}

function readMany(registry: Registry, type: RecordType, name: string, declaration: ManyField): FieldRead {
  const connectionName = connectionTypeName(type.name, name, declaration)
  return (place) => {
    const { reading, row, args } = place
    const object = objectNamed(registry, declaration.object)
    const other = rowOf(reading.alias(), object.model)
    const terms = orderTerms(args['orderBy'])
    const order = terms.length > 0 ? terms : (declaration.defaultOrder ?? [])
    const restrictions = [...visible(reading, object, other), ...(args['filter'] ? [where(reading, object, other, args['filter'])] : [])]
    const { link } = declaration
    if (!link) {
      const key = columnOrForeignKey(object.model, declaration.by ?? '')
      return compileConnection(place, connectionName, {
        object,
        row: other,
        from: tableOf(object, other),
        conditions: [sql`${other.column('workspaceId')} = ${row.column('workspaceId')}`, sql`${other.column(key.name)} = ${row.column('id')}`, ...restrictions],
        keys: orderKeys(object, other, order),
      })
    }
    const model = registry.models.models.get(link.item.model)
    const to = model?.relations.get(link.to)
    if (!model || !to) throw new Error(`${type.name}.${name}: model ${link.item.model} has no relation ${link.to}.`)
    const edge = rowOf(reading.alias(), model)
    const target = edge.column(foreignKey(model, to).name)
    const moved = new Map<string, Sql>(Object.entries(link.order ?? {}).map(([field, column]) => [field, edge.column(column)]))
    // A pair can be linked more than once, one role after another: the link's own id tells those apart.
    moved.set('id', model.columns.has('id') ? edge.column('id') : target)
    return compileConnection(place, connectionName, {
      object,
      row: other,
      from: sql`${ident(model.table)} ${edge.alias} join ${tableOf(object, other)} on ${other.column('workspaceId')} = ${edge.column('workspaceId')} and ${other.column('id')} = ${target}`,
      conditions: [
        sql`${edge.column('workspaceId')} = ${row.column('workspaceId')}`,
        sql`${edge.column(columnOrForeignKey(model, link.by).name)} = ${row.column('id')}`,
        ...restrictions,
      ],
      keys: orderKeys(object, other, order, moved),
      edge: { typeName: connectionName.replace(/Connection$/, 'Edge'), row: edge },
    })
  }
}

/** Type of a connection field: its own where the edge carries fields of a link, the object's otherwise. */
export function connectionTypeName(typeName: string, fieldName: string, declaration: ManyField): string {
  const hasEdgeFields = declaration.link && Object.keys(declaration.link.item.columns).length > 0
  return hasEdgeFields ? `${typeName}${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Connection` : `${declaration.object}Connection`
}

function readReference(declaration: ReferenceField): FieldRead {
  return ({ reading, row, group }) =>
    compileReference({ reading, group }, declaration.to, row, row.column(declaration.typeColumn), row.column(declaration.idColumn), { includeDeleted: declaration.showsDeleted === true })
}

function readReferences(registry: Registry, declaration: ReferencesField): FieldRead {
  const model = registry.models.models.get(declaration.model)
  if (!model) throw new Error(`No model ${declaration.model}.`)
  return ({ reading, row, group }) => {
    const link = rowOf(reading.alias(), model)
    const record = compileReference({ reading, group }, declaration.to, link, link.column(declaration.typeColumn), link.column(declaration.idColumn))
    const found = listOf(
      sql`select ${record.sql} as item from ${ident(model.table)} ${link.alias} where ${link.column('workspaceId')} = ${row.column('workspaceId')} and ${link.column(
        columnOrForeignKey(model, declaration.by).name,
      )} = ${row.column('id')} order by ${link.column('position')}, ${link.column('id')}`,
      record.shape,
    )
    return { sql: found.sql, shape: (value) => elementsOf(found.shape(value)).filter((record) => record !== null) }
  }
}

function readList(registry: Registry, declaration: ListField): FieldRead {
  return ({ reading, row, group }) => {
    const object = objectNamed(registry, declaration.object)
    const other = rowOf(reading.alias(), object.model)
    const found = reading.alias()
    const record = compileRecord(reading, object, other, group)
    const rows = sql`select ${record.sql} as item from (${declaration.ids(row)}) ${found} join ${tableOf(object, other)} on ${and([
      sql`${workspaceOf(other)} = ${row.column('workspaceId')}`,
      sql`${other.column('id')} = ${found}.id`,
    ])} where ${and(visible(reading, object, other))} order by ${found}.position`
    return declaration.isSingle ? { sql: sql`(${rows} limit 1)`, shape: record.shape } : listOf(rows, record.shape)
  }
}

function readComputed(declaration: ComputedField): FieldRead {
  return ({ row }) => ({ sql: sql`(${declaration.value(row)})`, shape: asIs })
}

function readGroup(declaration: GroupField): FieldRead {
  return ({ reading, row, group }) => assemble(compileParts(reading, declaration.name, row, subfields(reading, declaration.name, group)))
}

function readSource(registry: Registry, declaration: SourceField): FieldRead {
  return (place) => {
    const { reading, row, args } = place
    const object = objectNamed(registry, declaration.object)
    const other = rowOf(reading.alias(), object.model)
    const entry = reading.alias()
    const column = object.model.columns.get(declaration.orderedBy)
    if (!column) throw new Error(`${declaration.object} has no column ${declaration.orderedBy}.`)
    const keysOver = (value: Sql, id: Sql): OrderKey[] => [
      { name: declaration.orderedBy, value, cast: sql`::timestamptz`, direction: 'DESC', isNullable: false },
      { name: 'id', value: id, cast: sql`::uuid`, direction: 'DESC', isNullable: false },
    ]
    const joined = (entries: Sql) =>
      sql`(${entries}) ${entry} join ${tableOf(object, other)} on ${other.column('workspaceId')} = ${row.column('workspaceId')} and ${other.column('id')} = ${entry}.id`
    const isVisible = (id: Sql) => {
      const record = rowOf(reading.alias(), object.model)
      const conditions = visible(reading, object, record)
      return sql`exists (select from ${tableOf(object, record)} where ${and([sql`${record.column('workspaceId')} = ${row.column('workspaceId')}`, sql`${record.column('id')} = ${id}`, ...conditions])})`
    }
    const everything = declaration.source(row, args, { limit: sql`null`, within: () => sql`true`, order: (value, id) => sql`${value} desc, ${id} desc`, isVisible })
    return compileConnection(place, `${declaration.object}Connection`, {
      object,
      row: other,
      from: joined(everything),
      conditions: visible(reading, object, other),
      keys: keysOver(sql`${entry}.at`, sql`${entry}.id`),
      paged: (limit, positions, isReversed) =>
        joined(
          declaration.source(row, args, {
            limit,
            within: (value, id) => and(positions.map((position) => position(keysOver(value, id)))),
            order: (value, id) => (isReversed ? sql`${value} asc, ${id} asc` : sql`${value} desc, ${id} desc`),
            isVisible,
          }),
        ),
    })
  }
}
