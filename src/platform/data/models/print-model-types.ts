import type { Column, ColumnType, EnumModel, Model, Models } from './models.ts'

const RUNTIME_TYPES: Readonly<Record<Exclude<ColumnType, 'enum'>, string>> = {
  uuid: 'string',
  text: 'string',
  int: 'number',
  bigint: 'string',
  float: 'number',
  decimal: 'string',
  boolean: 'boolean',
  timestamp: 'Date',
  date: 'string',
  json: 'unknown',
  bytes: 'Uint8Array',
}

/**
 * Returns TypeScript declarations of all models and enums, with the types that values have at run time: in the rows of
 * a query and in an insert. The text depends on the models only.
 */
export function printModelTypes(models: Models): string {
  return [
    '// Made from the model files by `npm run generate`: do not edit.',
    '',
    '/** Columns of each model, those that an insert may leave out, that the database computes, that hold days or decimal numbers; relations. */',
    'export interface ModelTypes {',
    ...[...models.models.values()].flatMap(printModel),
    '}',
    '',
    '/** Values of each enum. */',
    'export interface EnumTypes {',
    ...[...models.enums.values()].map(printEnum),
    '}',
    '',
  ].join('\n')
}

/**
 * Returns the declarations of `printModelTypes` for the models and enums of one plugin only: the text of `models.d.ts`,
 * a file beside the models of the plugin. The file lets the compiler check names of the plugin's models and columns in
 * calls of `rapport/plugin`.
 */
export function printPluginModelTypes(models: Models, pluginId: string): string {
  const ownModels = [...models.models.values()].filter((model) => model.pluginId === pluginId)
  const enums = [...models.enums.values()].filter((enumModel) => enumModel.pluginId === pluginId)
  const body = [
    'interface ModelTypes {',
    ...ownModels.flatMap(printModel),
    '}',
    '',
    'interface EnumTypes {',
    ...enums.map(printEnum),
    '}',
  ]
  return [
    '// Made from models.prisma by `npm run generate`: do not edit.',
    '',
    'export {}',
    '',
    "declare module 'rapport/plugin' {",
    ...body.map((line) => (line === '' ? '' : `  ${line}`)),
    '}',
    '',
  ].join('\n')
}

function printModel(model: Model): string[] {
  const columns = [...model.columns.values()]
  const relations = [...model.relations.values()].map(({ name, target }) => `${name}: '${target}'`)
  return [
    `  ${model.name}: {`,
    '    columns: {',
    ...columns.map((column) => `      ${column.name}: ${columnType(column)}`),
    '    }',
    `    optional: ${union(columns.filter(isOptional))}`,
    `    generated: ${union(columns.filter(({ isGenerated }) => isGenerated))}`,
    `    dates: ${union(columns.filter(({ type, isList }) => type === 'date' && !isList))}`,
    `    decimals: ${union(columns.filter(({ type, isList }) => type === 'decimal' && !isList))}`,
    `    relations: ${relations.length > 0 ? `{ ${relations.join('; ')} }` : 'Record<never, never>'}`,
    '  }',
  ]
}

/**
 * Whether an insert may leave the column out. Generated columns are listed separately: an insert must leave them out.
 */
function isOptional(column: Column): boolean {
  return !column.isGenerated && (!column.isRequired || column.hasDefault)
}

function columnType({ type, enumName, isList, isRequired }: Column): string {
  const itemType = type === 'enum' ? `EnumTypes['${enumName}']` : RUNTIME_TYPES[type]
  const value = isList ? `${itemType}[]` : itemType
  return isRequired || value === 'unknown' ? value : `${value} | null`
}

function printEnum({ name, values }: EnumModel): string {
  return `  ${name}: ${union(values)}`
}

function union(members: readonly { readonly name: string }[]): string {
  return members.map(({ name }) => `'${name}'`).join(' | ') || 'never'
}
