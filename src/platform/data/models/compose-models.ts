import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AttributeArgument, Field, Model, View } from '@mrleebo/prisma-ast'
import prismaAst from '@mrleebo/prisma-ast'
import { checkDeclarations } from './check-declarations.ts'
import {
  CORE,
  type Declaration,
  fieldsOf,
  isObject,
  parseModelFile,
  type RelationField,
  relationOf,
  uniqueKeys,
} from './model-declarations.ts'

/** The model files of core or of one plugin. */
export interface ModelSource {
  /** `core` or a plugin's id. */
  readonly pluginId: string
  /** Ids of the plugins whose models these models may refer to, besides the models of core. */
  readonly depends?: readonly string[]
  readonly files: readonly { readonly path: string; readonly text: string }[]
}

/** All model files composed to one Prisma schema, with information that the text of the schema does not contain. */
export interface Composition {
  readonly schema: string
  /** The schema split by the file that each piece comes from, so that messages of a validator name that file. */
  readonly files: readonly (readonly [path: string, text: string])[]
  /** `core` or the id of the declaring plugin, by the name of the model, view or enum. */
  readonly pluginIds: ReadonlyMap<string, string>
  /** Names of the views. */
  readonly views: ReadonlySet<string>
}

// Prisma accepts views only as a preview feature of a generator. The generator is never run.
const HEADER = `// Composed from the model files of core and the plugins: do not edit.
generator client {
  provider        = "prisma-client"
  previewFeatures = ["views"]
}

datasource db {
  provider = "postgresql"
}
`

/** Reads the `.prisma` files of a directory: the models of core or of one plugin. */
export async function readModelFiles(pluginId: string, directory: string): Promise<ModelSource> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.prisma')).sort()
  const files = names.map(async (path) => ({ path, text: await readFile(join(directory, path), 'utf8') }))
  return { pluginId, files: await Promise.all(files) }
}

/**
 * Returns the model files of core and the plugins as one Prisma schema. Prisma requires both sides of a relation, and a
 * plugin cannot add fields to a model of core: so a file declares only the side that holds the foreign key, and the
 * opposite field is added here. The text depends on the files only, not on the order of the sources.
 * @throws ModelError when declarations conflict, or refer to each other in a way that is not allowed.
 */
export function composeModels(sources: readonly ModelSource[]): string {
  return compose(sources).schema
}

/**
 * Like `composeModels`, but returns the schema together with the files, the plugin of each declaration and the views.
 */
export function compose(sources: readonly ModelSource[]): Composition {
  const declarations = [...sources]
    .sort(coreFirst)
    .flatMap(({ pluginId, files }) =>
      [...files]
        .sort((a, b) => compareText(a.path, b.path))
        .flatMap(({ path, text }) => parseModelFile(pluginId, path, text)),
    )
  checkDeclarations(declarations, new Map(sources.map(({ pluginId, depends }) => [pluginId, depends ?? []])))
  const opposites = oppositeFields(declarations)
  const files = new Map<string, string>()
  for (const declaration of declarations) {
    const path = `${declaration.pluginId}/${declaration.path}`
    files.set(path, `${files.get(path) ?? ''}\n${print(declaration, opposites.get(declaration.block.name) ?? [])}\n`)
  }
  return {
    schema: [HEADER, ...files.values()].join(''),
    files: [['composed.prisma', HEADER], ...files],
    pluginIds: new Map(declarations.map(({ pluginId, block }) => [block.name, pluginId])),
    views: new Set(declarations.filter(({ block }) => block.type === 'view').map(({ block }) => block.name)),
  }
}

function coreFirst(a: ModelSource, b: ModelSource): number {
  if (a.pluginId === b.pluginId) return 0
  if (a.pluginId === CORE) return -1
  return b.pluginId === CORE ? 1 : compareText(a.pluginId, b.pluginId)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function oppositeFields(declarations: readonly Declaration[]): Map<string, Field[]> {
  const opposites = new Map<string, Field[]>()
  for (const { block } of declarations.filter(isObject)) {
    for (const relation of relationsOf(block)) {
      const fieldsOfTarget = opposites.get(relation.target) ?? []
      opposites.set(relation.target, [...fieldsOfTarget, oppositeField(block, relation)])
    }
  }
  return opposites
}

function relationsOf(block: Model | View): RelationField[] {
  return fieldsOf(block).flatMap((field) => relationOf(field) ?? [])
}

function oppositeField(block: Model | View, { field, fields }: RelationField): Field {
  const isOneToOne = uniqueKeys(block).some(
    (key) => key.length === fields.length && key.every((name) => fields.includes(name)),
  )
  return {
    type: 'field',
    name: `${block.name}_${field.name}`,
    fieldType: block.name,
    array: !isOneToOne,
    optional: isOneToOne,
    attributes: [{ type: 'attribute', kind: 'field', name: 'relation', args: [relationName(block, field)] }],
  }
}

function relationName(block: Model | View, field: Field): AttributeArgument {
  return { type: 'attributeArgument', value: `"${block.name}_${field.name}"` }
}

function print({ comments, block }: Declaration, opposites: readonly Field[]): string {
  const printed = block.type === 'enum' ? block : withRelations(block, opposites)
  // Prints each block on its own: printed together, a block would be separated from the comment that documents it.
  const text = prismaAst
    .printSchema({ type: 'schema', list: [printed] })
    .replaceAll('\r\n', '\n')
    .trim()
  return [...comments.map((comment) => comment.text), text].join('\n')
}

/**
 * Returns the block with a name on each of its relations, and with the opposite fields of the relations by which blocks
 * refer to it.
 */
function withRelations(block: Model | View, opposites: readonly Field[]): Model | View {
  const properties = block.properties.map((property) =>
    property.type === 'field' && relationOf(property) ? withRelationName(block, property) : property,
  )
  const afterLastField = properties.findLastIndex(({ type }) => type === 'field') + 1
  return { ...block, properties: properties.toSpliced(afterLastField, 0, ...opposites) }
}

function withRelationName(block: Model | View, field: Field): Field {
  const attributes = field.attributes?.map((attribute) =>
    attribute.name === 'relation' && !attribute.group
      ? { ...attribute, args: [relationName(block, field), ...(attribute.args ?? []).filter(isNotName)] }
      : attribute,
  )
  return { ...field, attributes: attributes ?? [] }
}

function isNotName({ value }: AttributeArgument): boolean {
  return (
    typeof value === 'object' && value !== null && 'type' in value && value.type === 'keyValue' && value.key !== 'name'
  )
}
