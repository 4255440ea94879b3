import type { AttributeArgument, Comment, Enum, Field, Model, Value, View } from '@mrleebo/prisma-ast'
import prismaAst from '@mrleebo/prisma-ast'
import { ModelError } from './model-error.ts'

/** The owner whose models every plugin may refer to. */
export const CORE = 'core'

/** One model, view or enum of a model file, with the comments that stand directly above it. */
export interface Declaration<Block = Model | View | Enum> {
  readonly pluginId: string
  readonly path: string
  readonly comments: readonly Comment[]
  readonly block: Block
}

/** A field that holds a foreign key: `pluginId Actor? @relation(fields: […], references: […])`. */
export interface RelationField {
  readonly field: Field
  readonly target: string
  readonly fields: readonly string[]
  readonly onDelete: string | null
}

/**
 * The declarations of one model file, in the order of the file.
 * @throws ModelError when the text does not parse, or holds a block that only the composer writes.
 */
export function parseModelFile(pluginId: string, path: string, text: string): Declaration[] {
  const declarations: Declaration[] = []
  let comments: Comment[] = []
  for (const block of parse(pluginId, path, text)) {
    if (block.type === 'comment') {
      comments.push(block)
      continue
    }
    if (block.type === 'model' || block.type === 'view' || block.type === 'enum') {
      declarations.push({ pluginId, path, comments, block })
    } else if (block.type !== 'break') {
      throw new ModelError(
        `${describeFile(pluginId, path)} has a ${block.type} block. A model file holds models, views and enums; remove it.`,
      )
    }
    comments = []
  }
  return declarations
}

function parse(pluginId: string, path: string, text: string) {
  try {
    return prismaAst.getSchema(text.replaceAll('\r\n', '\n')).list
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ModelError(`${describeFile(pluginId, path)} is not valid Prisma Schema Language: ${reason}`)
  }
}

/** `accounts.prisma of core` or `models.prisma of plugin legal`, for messages. */
export function describeFile(pluginId: string, path: string): string {
  return `${path} of ${describePlugin(pluginId)}`
}

export function describePlugin(pluginId: string): string {
  return pluginId === CORE ? CORE : `plugin ${pluginId}`
}

/** Whether a declaration has fields: a model or a view. */
export function isObject(declaration: Declaration): declaration is Declaration<Model | View> {
  return declaration.block.type !== 'enum'
}

export function fieldsOf(block: Model | View): Field[] {
  return block.properties.filter((property) => property.type === 'field')
}

/** Name that the database knows a model, view or enum by: its `@@map`, else the name itself. */
export function databaseName(block: Model | View | Enum): string {
  const members = block.type === 'enum' ? block.enumerators : block.properties
  for (const member of members) {
    if (member.type === 'attribute' && member.name === 'map') return unquote(member.args?.[0]?.value) ?? block.name
  }
  return block.name
}

/** The sets of fields of which no two rows have the same values, primary key first. */
export function uniqueKeys(block: Model | View): (readonly string[])[] {
  const primary: (readonly string[])[] = []
  const unique: (readonly string[])[] = []
  for (const property of block.properties) {
    if (property.type === 'attribute') {
      const names = namesIn(property.args[0] && argumentValue(property.args[0]))
      if (property.name === 'id') primary.push(names)
      if (property.name === 'unique') unique.push(names)
    }
    if (property.type !== 'field') continue
    if (property.attributes?.some(({ name }) => name === 'id')) primary.push([property.name])
    if (property.attributes?.some(({ name }) => name === 'unique')) unique.push([property.name])
  }
  return [...primary, ...unique]
}

/** The foreign key that a field declares, or null when it declares none. */
export function relationOf(field: Field): RelationField | null {
  const args = field.attributes?.find(({ name, group }) => name === 'relation' && !group)?.args ?? []
  const fields = namesIn(namedArgument(args, 'fields'))
  if (fields.length === 0 || typeof field.fieldType !== 'string') return null
  const onDelete = namedArgument(args, 'onDelete')
  return { field, target: field.fieldType, fields, onDelete: typeof onDelete === 'string' ? onDelete : null }
}

/** Value of the argument `key: value`, or undefined. */
function namedArgument(args: readonly AttributeArgument[], key: string): Value | undefined {
  for (const { value } of args) {
    if (isTyped(value) && value.type === 'keyValue' && value.key === key) return value.value
  }
  return undefined
}

function argumentValue({ value }: AttributeArgument): Value {
  return isTyped(value) && value.type === 'keyValue' ? value.value : value
}

function namesIn(value: Value | undefined): string[] {
  if (!isTyped(value) || value.type !== 'array') return []
  return value.args.map((arg) => (isTyped(arg) && arg.type === 'function' ? arg.name : String(arg)))
}

function isTyped<Node>(value: Node): value is Extract<Node, { type: string }> {
  return typeof value === 'object' && value !== null && 'type' in value
}

function unquote(value: AttributeArgument['value'] | undefined): string | null {
  return typeof value === 'string' ? value.replaceAll('"', '') : null
}
