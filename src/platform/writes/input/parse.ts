import { uuidv7 } from 'uuidv7'
import { decimalInput } from '../../declare/objects/column-input.ts'
import { decodeId } from '../../declare/record-id.ts'
import { invalid, notFound, type UserError } from '../../declare/rules/user-errors.ts'
import type { Registry } from '../../registry/object-type.ts'
import type { InputSpec, ItemsSpec } from './input-specs.ts'
import { placeOf } from './item-place.ts'

/** A parsed input of a create or update. */
export interface ParsedInput {
  /** Column values, by the model's field names. */
  readonly values: Record<string, unknown>
  /** Column values of the items, one element for each item, by input field. */
  readonly items: Map<string, Record<string, unknown>[]>
  /** The records that the input refers to. Whether they exist is checked later, by `missingTargets`. */
  readonly targets: Target[]
  readonly errors: UserError[]
}

/** A record that an input refers to. */
export interface Target {
  /** Path of the record id in the arguments. */
  readonly path: readonly string[]
  readonly object: string
  readonly uuid: string
}

/**
 * Parses the fields that an input contains. Errors are collected and not thrown, so that the caller gets all of them.
 * @param path Path of the input in the arguments.
 */
export function parseInput(
  registry: Registry,
  specs: readonly InputSpec[],
  input: Readonly<Record<string, unknown>>,
  path: readonly string[],
): ParsedInput {
  const parsed: ParsedInput = { values: {}, items: new Map(), targets: [], errors: [] }
  for (const spec of specs) {
    const value = input[spec.name]
    if (value !== undefined) parseField(registry, spec, value, [...path, spec.name], parsed)
  }
  return parsed
}

/** Parses the value of one field, and adds the result or the errors to `parsed`. */
function parseField(
  registry: Registry,
  spec: InputSpec,
  value: unknown,
  path: readonly string[],
  parsed: ParsedInput,
): void {
  if (spec.kind === 'column') {
    if (value === null) {
      if (spec.column.isRequired) parsed.errors.push(invalid(path, `${spec.name} can't be empty.`))
      else parsed.values[spec.column.name] = null
      return
    }
    const result = spec.schema.safeParse(value)
    if (result.success) parsed.values[spec.column.name] = result.data
    else
      for (const issue of result.error.issues)
        parsed.errors.push(invalid([...path, ...issue.path.map(String)], issue.message))
  } else if (spec.kind === 'money') {
    if (value === null && spec.amount.isRequired) {
      parsed.errors.push(invalid(path, `${spec.name} can't be empty.`))
      return
    }
    const money = value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value)) : {}
    const amount = money['amount'] ?? null
    const problems = amount === null ? [] : (decimalInput(spec.amount).safeParse(amount).error?.issues ?? [])
    for (const { message } of problems) parsed.errors.push(invalid([...path, 'amount'], message))
    parsed.values[spec.amount.name] = amount
    parsed.values[spec.currency.name] = money['currency'] ?? null
  } else if (spec.kind === 'items') {
    parsed.items.set(spec.name, parseItems(registry, spec.items, Array.isArray(value) ? value : [], path, parsed))
  } else parseRecordId(registry, spec, value, path, parsed)
}

/** Parses a record id, and adds its columns and target, or the errors, to `parsed`. */
function parseRecordId(
  registry: Registry,
  spec: Extract<InputSpec, { kind: 'relation' | 'reference' }>,
  value: unknown,
  path: readonly string[],
  parsed: ParsedInput,
): void {
  const idColumn = spec.kind === 'relation' ? spec.column : spec.idColumn
  if (value === null) {
    if (idColumn.isRequired) parsed.errors.push(invalid(path, `${spec.name} can't be empty.`))
    parsed.values[idColumn.name] = null
    if (spec.kind === 'reference') parsed.values[spec.typeColumn.name] = null
    return
  }
  const decoded = decodeId(String(value))
  const object = decoded ? registry.prefixes.get(decoded.prefix) : undefined
  const isAllowed =
    object && (spec.kind === 'relation' ? object.name === spec.object : isMember(registry, spec.to, object.name))
  if (!decoded || !object || !isAllowed) {
    parsed.errors.push(
      notFound(path, spec.kind === 'relation' ? spec.object : spec.to === 'Node' ? 'The record' : spec.to),
    )
    return
  }
  parsed.values[idColumn.name] = decoded.uuid
  if (spec.kind === 'reference') parsed.values[spec.typeColumn.name] = object.name
  parsed.targets.push({ path, object: object.name, uuid: decoded.uuid })
}

/** Whether the object has the interface; `Node` is an interface of every object. */
function isMember(registry: Registry, abstract: string, object: string): boolean {
  return abstract === 'Node' || (registry.interfaces.get(abstract)?.objects.includes(object) ?? false)
}

/** Parses a list of items. Returns the table row of each item, with a new id and its position in the list. */
function parseItems(
  registry: Registry,
  spec: ItemsSpec,
  list: readonly unknown[],
  path: readonly string[],
  parsed: ParsedInput,
): Record<string, unknown>[] {
  if (list.length > spec.max) {
    parsed.errors.push(invalid(path, `At most ${spec.max} entries, not ${list.length}.`))
    return []
  }
  const rows = list.map((element, position) => {
    const item = parseItem(registry, spec, element, [...path, String(position)])
    parsed.targets.push(...item.targets)
    parsed.errors.push(...item.errors)
    return { ...item.values, id: uuidv7(), ...placeOf(spec.model, position) }
  })
  return spec.primary ? withOnePrimary(rows, spec.primary.name, path, parsed) : rows
}

/**
 * Parses one item. In a list of record ids (`inputName` is null), the element is not an object but the id itself, so
 * the path of its errors ends with its position in the list.
 */
function parseItem(registry: Registry, spec: ItemsSpec, element: unknown, path: readonly string[]): ParsedInput {
  if (spec.inputName !== null)
    return parseInput(registry, spec.specs, Object.fromEntries(Object.entries(element ?? {})), path)
  const parsed: ParsedInput = { values: {}, items: new Map(), targets: [], errors: [] }
  for (const idSpec of spec.specs) parseField(registry, idSpec, element, path, parsed)
  return parsed
}

/** Returns the items with one item marked as primary: the item that the client marked, otherwise the first item. */
function withOnePrimary(
  rows: Record<string, unknown>[],
  primary: string,
  path: readonly string[],
  parsed: ParsedInput,
): Record<string, unknown>[] {
  const marked = rows.filter((row) => row[primary] === true)
  if (marked.length > 1) parsed.errors.push(invalid(path, 'Only one entry can be the primary one.'))
  return rows.map((row, index) => ({ ...row, [primary]: marked.length > 0 ? row[primary] === true : index === 0 }))
}
