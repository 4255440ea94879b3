import { compose, type ModelSource } from './compose-models.ts'
import { type Dmmf, type DmmfEnum, type DmmfField, type DmmfModel, readDmmf } from './dmmf.ts'
import { CORE } from './model-declarations.ts'
import { ModelError } from './model-error.ts'

/** All models and enums of core and the plugins, by name. */
export interface Models {
  /** The composed Prisma schema from which the models and enums were read. */
  readonly schema: string
  /** The models and enums as Prisma describes them. */
  readonly datamodel: Dmmf
  readonly models: ReadonlyMap<string, Model>
  readonly enums: ReadonlyMap<string, EnumModel>
}

export interface Model {
  readonly name: string
  readonly table: string
  /** `core` or a plugin's id. */
  readonly pluginId: string
  readonly description: string | null
  /** Fields with a scalar or an enum, by field name. */
  readonly columns: ReadonlyMap<string, Column>
  /** The relations whose foreign key is in this model, by field name. */
  readonly relations: ReadonlyMap<string, Relation>
  /** Names of the fields of the primary key. Empty for a view. */
  readonly primaryKey: readonly string[]
  /**
   * Whether the model has a `workspaceId`. Only `Workspace` and the tables of the installation have no `workspaceId`.
   */
  readonly hasWorkspace: boolean
  readonly isView: boolean
}

export interface Column {
  /** Field name in the model file. */
  readonly name: string
  /** Column name in the database. */
  readonly column: string
  readonly type: ColumnType
  readonly enumName: string | null
  readonly isRequired: boolean
  readonly isList: boolean
  /** Whether the database fills the column in when an insert leaves it out. */
  readonly hasDefault: boolean
  /** Whether the database computes the column, so that no statement writes it: `@default(dbgenerated())`. */
  readonly isGenerated: boolean
  readonly description: string | null
  /** Maximum number of characters of a `Char(n)` or `VarChar(n)`; null for any other type. */
  readonly maxLength: number | null
  /** Digits that a `Decimal(p, s)` stores: `s` after the point, and `p - s` before it; null for any other type. */
  readonly digits: DecimalDigits | null
}

/** How many digits a column of decimals stores before and after the point. */
export interface DecimalDigits {
  readonly whole: number
  readonly places: number
}

export type ColumnType =
  | 'uuid'
  | 'text'
  | 'int'
  | 'bigint'
  | 'float'
  | 'decimal'
  | 'boolean'
  | 'timestamp'
  | 'date'
  | 'json'
  | 'bytes'
  | 'enum'

/**
 * A foreign key. `columns` are field names of this model and `references` field names of the target; the same index in
 * both lists is one pair.
 */
export interface Relation {
  readonly name: string
  readonly target: string
  readonly columns: readonly string[]
  readonly references: readonly string[]
  readonly isRequired: boolean
  /** Whether the declaration says `onDelete: Restrict`: a record that is referred to by the relation can't be deleted. */
  readonly restrictsDelete: boolean
  readonly description: string | null
}

export interface EnumModel {
  readonly name: string
  /** Name of the type in the database. */
  readonly type: string
  readonly pluginId: string
  readonly description: string | null
  readonly values: readonly { readonly name: string; readonly description: string | null }[]
}

/**
 * Composes and validates the model files of core and the plugins, and returns their models and enums.
 * @throws ModelError that names the file and line of a problem, or the plugins whose declarations conflict.
 */
export function readModels(sources: readonly ModelSource[]): Models {
  const { schema, files, pluginIds, views } = compose(sources)
  const datamodel = readDmmf(files)
  const { models, enums } = datamodel
  const pluginOf = (name: string) => pluginIds.get(name) ?? CORE
  return {
    schema,
    datamodel,
    models: new Map(models.map((model) => [model.name, readModel(model, pluginOf(model.name), views.has(model.name))])),
    enums: new Map(enums.map((dmmfEnum) => [dmmfEnum.name, readEnum(dmmfEnum, pluginOf(dmmfEnum.name))])),
  }
}

function readModel(model: DmmfModel, pluginId: string, isView: boolean): Model {
  const columns = new Map<string, Column>()
  const relations = new Map<string, Relation>()
  for (const field of model.fields) {
    if (field.kind === 'scalar' || field.kind === 'enum') columns.set(field.name, readColumn(model, field))
    if (field.kind === 'object' && field.relationFromFields?.length) relations.set(field.name, readRelation(field))
  }
  const idFields = model.fields.filter(({ isId }) => isId).map(({ name }) => name)
  return {
    name: model.name,
    table: model.dbName ?? model.name,
    pluginId,
    description: model.documentation ?? null,
    columns,
    relations,
    primaryKey: model.primaryKey?.fields ?? idFields,
    hasWorkspace: columns.has('workspaceId'),
    isView,
  }
}

function readRelation(field: DmmfField): Relation {
  return {
    name: field.name,
    target: field.type,
    columns: field.relationFromFields ?? [],
    references: field.relationToFields ?? [],
    isRequired: field.isRequired,
    restrictsDelete: field.relationOnDelete === 'Restrict',
    description: field.documentation ?? null,
  }
}

function readColumn(model: DmmfModel, field: DmmfField): Column {
  const [nativeType, nativeArguments] = field.nativeType ?? [null, []]
  return {
    name: field.name,
    column: field.dbName ?? field.name,
    type: columnType(model, field, nativeType),
    enumName: field.kind === 'enum' ? field.type : null,
    isRequired: field.isRequired,
    isList: field.isList,
    hasDefault: field.hasDefaultValue,
    isGenerated: isGenerated(model, field),
    description: field.documentation ?? null,
    maxLength: nativeType === 'Char' || nativeType === 'VarChar' ? Number(nativeArguments[0] ?? 1) : null,
    digits: nativeType === 'Decimal' ? digitsOf(nativeArguments) : null,
  }
}

function digitsOf([precision, scale]: readonly string[]): DecimalDigits | null {
  if (precision === undefined) return null
  const places = Number(scale ?? 0)
  return { whole: Number(precision) - places, places }
}

const SCALAR_TYPES: Readonly<Record<string, ColumnType>> = {
  String: 'text',
  Int: 'int',
  BigInt: 'bigint',
  Float: 'float',
  Decimal: 'decimal',
  Boolean: 'boolean',
  Json: 'json',
  Bytes: 'bytes',
}

function columnType(model: DmmfModel, field: DmmfField, nativeType: string | null): ColumnType {
  if (field.kind === 'enum') return 'enum'
  if (nativeType === 'Uuid') return 'uuid'
  if (nativeType === 'Timestamptz') return 'timestamp'
  if (nativeType === 'Date') return 'date'
  const type = nativeType === 'Json' ? undefined : SCALAR_TYPES[field.type]
  if (type) return type
  const remedy =
    field.type === 'DateTime'
      ? 'Write @db.Timestamptz(3) for an instant or @db.Date for a day: an instant without a time zone means another time on each server.'
      : 'Write Json without @db.Json: it is stored as jsonb.'
  throw new ModelError(`${model.name}.${field.name} has a type that cannot be read back safely. ${remedy}`)
}

/**
 * The default functions that the database runs. Prisma's other functions are run by Prisma's client, which Rapport does
 * not use.
 */
const DATABASE_FUNCTIONS = new Set(['now', 'autoincrement', 'dbgenerated'])

function isGenerated(model: DmmfModel, field: DmmfField): boolean {
  const value = field.default
  const call = typeof value === 'object' && value !== null && 'name' in value ? value : null
  if (field.isUpdatedAt || (call && !DATABASE_FUNCTIONS.has(call.name))) {
    throw new ModelError(
      `${model.name}.${field.name} has ${field.isUpdatedAt ? '@updatedAt' : `@default(${call?.name}())`}, which the database ` +
        'cannot fill in. Remove it: the platform sets ids and times of change in each write.',
    )
  }
  return call?.name === 'dbgenerated' && call.args.length === 0
}

function readEnum({ name, dbName, documentation, values }: DmmfEnum, pluginId: string): EnumModel {
  const renamed = values.find((value) => value.dbName && value.dbName !== value.name)
  if (renamed) {
    throw new ModelError(`${name}.${renamed.name} has an @map. Remove it: an enum's values have one name everywhere.`)
  }
  return {
    name,
    type: dbName ?? name,
    pluginId,
    description: documentation ?? null,
    values: values.map((value) => ({ name: value.name, description: value.documentation ?? null })),
  }
}
