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
 * TypeScript declarations of every model and enum, as values look at run time: what a query answers and an insert takes.
 * The text depends on the models alone.
 */
export function printModelTypes(models: Models): string {
  return [
    '// Made from the model files by `npm run generate`: do not edit.',
    '',
    '/** Columns, columns that an insert may leave out, columns that the database computes, and relations of each model. */',
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
 * The same for the models and enums of one plugin, for `models.d.ts` beside its models: with it the compiler knows them
 * wherever `rapport/plugin` takes the name of a model.
 */
export function printPluginModelTypes(models: Models, pluginId: string): string {
  const own = [...models.models.values()].filter((model) => model.pluginId === pluginId)
  const enums = [...models.enums.values()].filter((each) => each.pluginId === pluginId)
  const body = [
    'interface ModelTypes {',
    ...own.flatMap(printModel),
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
    `    relations: ${relations.length > 0 ? `{ ${relations.join('; ')} }` : 'Record<never, never>'}`,
    '  }',
  ]
}

/** Generated columns are apart: an insert must leave them out. */
function isOptional(column: Column): boolean {
  return !column.isGenerated && (!column.isRequired || column.hasDefault)
}

function columnType({ type, enumName, isList, isRequired }: Column): string {
  const single = type === 'enum' ? `EnumTypes['${enumName}']` : RUNTIME_TYPES[type]
  const value = isList ? `${single}[]` : single
  return isRequired || value === 'unknown' ? value : `${value} | null`
}

function printEnum({ name, values }: EnumModel): string {
  return `  ${name}: ${union(values)}`
}

function union(members: readonly { readonly name: string }[]): string {
  return members.map(({ name }) => `'${name}'`).join(' | ') || 'never'
}
