import { invalid, type UserError } from '../declare/rules/user-errors.ts'
import { columnType } from '../graphql/types.ts'
import { can } from '../permissions/grants.ts'
import type { ObjectType, Registry } from '../registry/object-type.ts'
import type { Grantee } from '../request/actor.ts'
import { type ObjectWriter, writerOf } from '../writes/input/writer.ts'
import { type FieldTarget, type Leaf, targetOf } from './field-targets.ts'
import type { ImportColumn, ImportOrder } from './import-order.ts'
import type { CsvTable } from './notation/csv.ts'
import { isFormat } from './notation/days.ts'
import { isDecimal } from './notation/decimal-text.ts'

/** An order that fits the object and the file. */
export interface ImportPlan {
  readonly object: ObjectType
  readonly writer: ObjectWriter
  readonly columns: readonly PlannedColumn[]
  readonly constants: readonly { readonly target: FieldTarget; readonly value: string }[]
  readonly key: readonly KeyField[]
}

export interface PlannedColumn extends ImportColumn {
  readonly target: FieldTarget
  /** Place of the column in the file. */
  readonly index: number
}

/** A field by which records are known. */
export type KeyField = FieldTarget & { readonly leaf: Extract<Leaf, { kind: 'column' }> }

/** Notes what is wrong, by its place in the input. */
type Fail = (path: readonly string[], message: string) => void

/** Objects whose records can be imported, by GraphQL type, as far as the caller may know of them and of their fields. */
export function importable(registry: Registry, actor: Grantee): ObjectType[] {
  return [...registry.objects.values()].filter(
    ({ singular, writes, discriminator }) =>
      can(actor, `${singular}:read`) && writes.has('create') && writes.has('update') && !discriminator,
  )
}

/** Checks an order against the object and the file's header. Answers everything that is wrong with it at once. */
export function planImport(
  registry: Registry,
  order: ImportOrder,
  table: CsvTable,
  actor: Grantee,
): { readonly plan: ImportPlan } | { readonly errors: readonly UserError[] } {
  const known = importable(registry, actor)
  const object = known.find(({ name }) => name === order.object)
  if (!object) {
    const names = known.map(({ name }) => name)
    return {
      errors: [
        invalid(['input', 'object'], `Records of ${order.object} can't be imported. These can: ${names.join(', ')}.`),
      ],
    }
  }
  const writer = writerOf(registry, object)
  if (table.header.length === 0)
    return { errors: [invalid(['input', 'csv'], 'The file is empty. Its first line names the columns.')] }
  const errors: UserError[] = []
  const fail: Fail = (path, message) => void errors.push(invalid(['input', ...path], message))
  const target = (path: string, where: readonly string[]): FieldTarget[] => {
    const found = targetOf(registry, writer, path)
    if (!('problem' in found)) return [found]
    fail(where, found.problem)
    return []
  }
  const columns = order.columns.flatMap((column, place): PlannedColumn[] => {
    const where = ['columns', String(place)]
    const index = table.header.indexOf(column.column)
    if (index < 0)
      fail([...where, 'column'], `The file has no column ${column.column}. It has: ${table.header.join(', ')}.`)
    if (index !== table.header.lastIndexOf(column.column))
      fail([...where, 'column'], `The file has several columns ${column.column}. Rename all but one.`)
    return target(column.field, [...where, 'field']).map((found) => {
      for (const [part, problem] of notationProblems(column, found.leaf)) fail([...where, part], problem)
      return { ...column, target: found, index }
    })
  })
  const constants = order.constants.flatMap(({ field, value }, place) =>
    target(field, ['constants', String(place), 'field']).map((found) => ({ target: found, value })),
  )
  const targets = [...columns, ...constants].map((each) => each.target)
  for (const path of twice(
    targets.map(({ field, position, part }) => [field, position, part].filter((each) => each !== null).join('.')),
  )) {
    fail(['columns'], `${path} is filled twice. Keep one.`)
  }
  const key = keyOf(order, target, object, targets, fail)
  if (columns.length === 0 && errors.length === 0) fail(['columns'], 'No column is mapped to a field.')
  return errors.length > 0 ? { errors } : { plan: { object, writer, columns, constants, key } }
}

function* notationProblems(column: ImportColumn, leaf: Leaf): Generator<readonly [string, string]> {
  const type = leaf.kind === 'column' ? columnType(leaf.column) : leaf.kind
  if (column.currency !== undefined && type !== 'amount')
    yield ['currency', `${column.field} is no amount of money and has no currency.`]
  if (column.factor !== undefined && !['amount', 'Int', 'Float', 'Decimal'].includes(type))
    yield ['factor', `${column.field} is no number and can't be multiplied.`]
  if (column.factor !== undefined && !isDecimal(column.factor))
    yield ['factor', `${column.factor} is no number such as 1000000 or 0.01.`]
  if (column.format !== undefined && !['Date', 'DateTime'].includes(type))
    yield ['format', `${column.field} is no day and no time, and has no format ${column.format}.`]
  else if (column.format !== undefined && !isFormat(column.format))
    yield ['format', `${column.format} is no format such as MM/DD/YYYY or DD.MM.YYYY HH:mm.`]
}

// Values that look different in a file and in the database, though they are equal.
const INEXACT: ReadonlySet<string> = new Set(['decimal', 'float', 'timestamp'])

function keyOf(
  order: ImportOrder,
  find: (path: string, where: readonly string[]) => FieldTarget[],
  object: ObjectType,
  targets: readonly FieldTarget[],
  fail: Fail,
): KeyField[] {
  const paths = order.matchBy.length > 0 ? order.matchBy : object.naturalKey
  if (paths.length === 0)
    fail(['matchBy'], `Say by which field ${object.name} records are known that are there already.`)
  const key = paths.flatMap((path) =>
    find(path, ['matchBy']).flatMap((wanted): KeyField[] => {
      const { leaf } = wanted
      if (leaf.kind !== 'column' || INEXACT.has(leaf.column.type))
        fail(['matchBy'], `Records can't be known by ${path}. Match by a field of the record itself.`)
      else if (!targets.some(({ field, part }) => field === wanted.field && part === wanted.part)) {
        fail(['matchBy'], `Records are known by ${path}, which no column goes to. Map one, or match by another field.`)
      } else return [{ ...wanted, leaf }]
      return []
    }),
  )
  if (key.length > 1 && key.some(({ position }) => position !== null))
    fail(['matchBy'], 'A part of a list can only be matched by alone.')
  return key
}

function twice(texts: readonly string[]): Set<string> {
  return new Set(texts.filter((text, index) => texts.indexOf(text) !== index))
}
