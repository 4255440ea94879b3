import type { Column, Model } from '../../data/models.ts'
import { columnOf, ident, sql } from '../../data/sql.ts'
import type { ComputedField, GroupField } from '../../schema/fields.ts'
import { encodeId } from '../../schema/ids.ts'
import type { RecordType } from '../../schema/registry.ts'
import { asIs, elementsOf, type FieldRead, rowOf } from '../reading.ts'
import { scalarValue } from '../scalars.ts'
import { assemble, compileParts, subfields } from '../select.ts'

export function readColumn(column: Column): FieldRead {
  return ({ row }) => scalarValue(column, row.column(column.name))
}

export function readId(type: RecordType, prefix: string): FieldRead {
  return ({ row }) => ({
    sql: columnOf(row.alias, type.model.columns.get('id')?.column ?? 'id'),
    shape: (value) => (typeof value === 'string' ? encodeId(prefix, value) : null),
  })
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

export function readMoney(model: Model, amountName: string, currencyName: string): FieldRead {
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
        return Object.fromEntries(
          keys.map(({ key, name }) => [
            key,
            name === 'amount' ? withCents(String(text)) : name === 'currency' ? currency : 'Money',
          ]),
        )
      },
    }
  }
}

function withCents(text: string): string {
  const point = text.indexOf('.')
  return point < 0 ? `${text}.00` : text.padEnd(point + 3, '0')
}

export function readComputed(declaration: ComputedField): FieldRead {
  return ({ row }) => ({ sql: sql`(${declaration.value(row)})`, shape: asIs })
}

export function readGroup(declaration: GroupField): FieldRead {
  return ({ reading, row, group }) =>
    assemble(compileParts(reading, declaration.name, row, subfields(reading, declaration.name, group)))
}
