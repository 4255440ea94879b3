import type { Column } from '../data/models/models.ts'
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

/** The instructions of an import, checked and resolved against the object and the file. */
export interface ImportPlan {
  readonly object: ObjectType
  readonly writer: ObjectWriter
  readonly columns: readonly PlannedColumn[]
  readonly constants: readonly { readonly target: FieldTarget; readonly value: string }[]
  /** The fields by which existing records are found. */
  readonly key: readonly KeyField[]
  /** See `ImportOrder`. */
  readonly mergesRows: boolean
}

/** A column of the file, with the target that it is mapped to and its position. */
export interface PlannedColumn extends ImportColumn {
  readonly target: FieldTarget
  /** Position of the column in the file, from 0. */
  readonly index: number
}

/** A field by which existing records are found: a value of the record, or another record that it refers to. */
export type KeyField = FieldTarget & {
  readonly leaf: Extract<Leaf, { kind: 'column' | 'lookup' }>
  /** Column of the record, or of its item, that has the value or the uuid of the other record. */
  readonly column: Column
}

/** Adds a user error; `path` is the path within the mutation's `input`. */
type Fail = (path: readonly string[], message: string) => void

/** Returns the objects whose records can be imported, without the objects that the caller may not read. */
export function importable(registry: Registry, actor: Grantee): ObjectType[] {
  return [...registry.objects.values()].filter(
    ({ singular, writes, discriminator }) =>
      can(actor, `${singular}:read`) && writes.has('create') && writes.has('update') && !discriminator,
  )
}

/** Checks the instructions against the object and the file's header. Returns the plan, or all errors at once. */
export function planImport(
  registry: Registry,
  order: ImportOrder,
  table: CsvTable,
  actor: Grantee,
): { readonly plan: ImportPlan } | { readonly errors: readonly UserError[] } {
  const objects = importable(registry, actor)
  const object = objects.find(({ name }) => name === order.object)
  if (!object) {
    const names = objects.map(({ name }) => name)
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
  const findTarget = (path: string, inputPath: readonly string[]): FieldTarget[] => {
    const target = targetOf(registry, writer, path)
    if (!('problem' in target)) return [target]
    fail(inputPath, target.problem)
    return []
  }
  const columns = order.columns.flatMap((column, position): PlannedColumn[] => {
    const inputPath = ['columns', String(position)]
    const index = table.header.indexOf(column.column)
    if (index < 0)
      fail([...inputPath, 'column'], `The file has no column ${column.column}. It has: ${table.header.join(', ')}.`)
    if (index !== table.header.lastIndexOf(column.column))
      fail([...inputPath, 'column'], `The file has several columns ${column.column}. Rename all but one.`)
    return findTarget(column.field, [...inputPath, 'field']).map((target) => {
      for (const [option, problem] of notationProblems(column, target.leaf)) fail([...inputPath, option], problem)
      return { ...column, target, index }
    })
  })
  const constants = order.constants.flatMap(({ field, value }, position) =>
    findTarget(field, ['constants', String(position), 'field']).map((target) => ({ target, value })),
  )
  const targets = [...columns, ...constants].map(({ target }) => target)
  for (const path of repeatedTexts(
    targets.map(({ field, position, subfield, part }) =>
      [field, position, subfield, part].filter((segment) => segment !== null).join('.'),
    ),
  )) {
    fail(['columns'], `Two columns or constants set ${path}. Keep one of them.`)
  }
  const key = keyOf(order, findTarget, writer, targets, fail)
  const mergesRows = order.mergesRows ?? false
  if (mergesRows && key.some(({ position }) => position !== null))
    fail(['matchBy'], 'Rows of one record can’t be merged by a field of an item.')
  if (columns.length === 0 && errors.length === 0) fail(['columns'], 'No column is mapped to a field.')
  return errors.length > 0 ? { errors } : { plan: { object, writer, columns, constants, key, mergesRows } }
}

/** Yields the options of a column that do not fit its field or are not valid, each with the reason. */
function* notationProblems(column: ImportColumn, leaf: Leaf): Generator<readonly [string, string]> {
  const type = leaf.kind === 'column' ? columnType(leaf.column) : leaf.kind
  if (column.currency !== undefined && type !== 'amount')
    yield ['currency', `${column.field} is not an amount of money and can't have a currency.`]
  if (column.factor !== undefined && !['amount', 'Int', 'Float', 'Decimal'].includes(type))
    yield ['factor', `${column.field} is not a number and can't be multiplied.`]
  if (column.factor !== undefined && !isDecimal(column.factor))
    yield ['factor', `${column.factor} is not a number such as 1000000 or 0.01.`]
  if (column.format !== undefined && !['Date', 'DateTime'].includes(type))
    yield ['format', `${column.field} is neither a date nor a time and can't have the format ${column.format}.`]
  else if (column.format !== undefined && !isFormat(column.format))
    yield ['format', `${column.format} is not a format such as MM/DD/YYYY or DD.MM.YYYY HH:mm.`]
}

// Records are matched by comparing texts. A value of these types may have another text in the file than in the
// database, such as 1.5 and 1.50.
const INEXACT: ReadonlySet<string> = new Set(['decimal', 'float', 'timestamp'])

/** Returns the fields by which existing records are found. Adds an error for a field that can't be used. */
function keyOf(
  order: ImportOrder,
  findTarget: (path: string, inputPath: readonly string[]) => FieldTarget[],
  { object, specs }: ObjectWriter,
  targets: readonly FieldTarget[],
  fail: Fail,
): KeyField[] {
  const paths = order.matchBy.length > 0 ? order.matchBy : object.naturalKey
  if (paths.length === 0) fail(['matchBy'], `Name the fields by which existing records of ${object.name} are found.`)
  const key = paths.flatMap((path) =>
    findTarget(path, ['matchBy']).flatMap((keyTarget): KeyField[] => {
      const { leaf } = keyTarget
      const spec = specs.find(({ name }) => name === keyTarget.field)
      const column = leaf.kind === 'column' ? leaf.column : spec?.kind === 'relation' ? spec.column : null
      if (!column || !(leaf.kind === 'column' || leaf.kind === 'lookup') || INEXACT.has(column.type))
        fail(
          ['matchBy'],
          `Records can't be matched by ${path}. Match by a field of the record itself or by a record that it refers to, and not by a decimal number or a time.`,
        )
      else if (leaf.kind === 'lookup' && leaf.object === object)
        fail(['matchBy'], `Records can't be matched by ${path}, which is a record of the same object.`)
      else if (!targets.some(({ field, subfield }) => field === keyTarget.field && subfield === keyTarget.subfield)) {
        fail(
          ['matchBy'],
          `Records are matched by ${path}, to which no column is mapped. Map a column to it, or match by another field.`,
        )
      } else return [{ ...keyTarget, leaf, column }]
      return []
    }),
  )
  if (key.length > 1 && key.some(({ position }) => position !== null))
    fail(['matchBy'], 'A field of an item has to be the only field in matchBy.')
  return key
}

/** Returns the texts that occur more than once. */
function repeatedTexts(texts: readonly string[]): Set<string> {
  return new Set(texts.filter((text, index) => texts.indexOf(text) !== index))
}
