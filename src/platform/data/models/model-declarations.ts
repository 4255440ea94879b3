import type { AttributeArgument, Comment, Enum, Field, Model, Value, View } from '@mrleebo/prisma-ast'
import prismaAst from '@mrleebo/prisma-ast'
import { ModelError } from './model-error.ts'

/** The `pluginId` of models, migrations and types of core. Every plugin may refer to the models of core. */
export const CORE = 'core'

/** One model, view or enum of a model file, with the comments directly above it. */
export interface Declaration<Block = Model | View | Enum> {
  readonly pluginId: string
  readonly path: string
  readonly comments: readonly Comment[]
  readonly block: Block
}

/** A field that declares a foreign key: `owner Actor? @relation(fields: […], references: […])`. */
export interface RelationField {
  readonly field: Field
  /** Name of the model that the relation refers to. */
  readonly target: string
  /** Names of the fields of the foreign key. */
  readonly fields: readonly string[]
  /** Prisma's `onDelete`, such as `Cascade`; null when the declaration leaves it out. */
  readonly onDelete: string | null
}

/**
 * Returns the declarations of one model file, in the order of the file.
 * @throws ModelError when the text cannot be parsed, or contains a block other than a model, view or enum.
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
        `${describeFile(pluginId, path)} has a ${block.type} block. A model file contains only models, views and enums: remove the block.`,
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

/** Returns a file's name for messages: `accounts.prisma of core` or `models.prisma of plugin legal`. */
export function describeFile(pluginId: string, path: string): string {
  return `${path} of ${describePlugin(pluginId)}`
}

/** Returns a plugin's name for messages: `core` or `plugin legal`. */
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

/** Returns the name of a model, view or enum in the database: its `@@map`, or else its name. */
export function databaseName(block: Model | View | Enum): string {
  const members = block.type === 'enum' ? block.enumerators : block.properties
  for (const member of members) {
    if (member.type === 'attribute' && member.name === 'map') return unquote(member.args?.[0]?.value) ?? block.name
  }
  return block.name
}

/**
 * Returns the primary key and the unique keys of a model, each as a list of field names. The primary key comes first.
 */
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

/** Returns the foreign key that a field declares, or null when the field declares no foreign key. */
export function relationOf(field: Field): RelationField | null {
  const args = field.attributes?.find(({ name, group }) => name === 'relation' && !group)?.args ?? []
  const fields = namesIn(namedArgument(args, 'fields'))
  if (fields.length === 0 || typeof field.fieldType !== 'string') return null
  const onDelete = namedArgument(args, 'onDelete')
  return { field, target: field.fieldType, fields, onDelete: typeof onDelete === 'string' ? onDelete : null }
}

/** Returns the value of the argument `key: value`, or undefined when there is no such argument. */
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
