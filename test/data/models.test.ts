import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readModelFiles } from '../../src/platform/data/models/compose-models.ts'
import { ModelError } from '../../src/platform/data/models/model-error.ts'
import { type Model, type Models, readModels } from '../../src/platform/data/models/models.ts'
import { CORE_MODELS, LEGAL_MODELS, source } from './model-sources.ts'

function model(models: Models, name: string): Model {
  const found = models.models.get(name)
  if (!found) throw new Error(`No model ${name}.`)
  return found
}

describe('the models of core and a plugin', () => {
  const models = readModels([source('legal', LEGAL_MODELS), source('core', CORE_MODELS)])

  it('have a table, a plugin id, a description and a primary key', () => {
    expect(model(models, 'Account')).toMatchObject({
      table: 'accounts',
      pluginId: 'core',
      description: 'An organisation.\nIn two lines.',
      primaryKey: ['workspaceId', 'id'],
      hasWorkspace: true,
      isView: false,
    })
    expect(model(models, 'Matter')).toMatchObject({ table: 'legal_matters', pluginId: 'legal' })
    expect(model(models, 'Workspace')).toMatchObject({ primaryKey: ['id'], hasWorkspace: false })
    expect(model(models, 'AccountView')).toMatchObject({ isView: true, primaryKey: [] })
  })

  it('have the columns of the model file, each with the name in Prisma and the name in the database', () => {
    expect(model(models, 'Account').columns.get('name')).toEqual({
      name: 'name',
      column: 'name',
      type: 'text',
      enumName: null,
      isRequired: true,
      isList: false,
      hasDefault: false,
      isGenerated: false,
      description: 'Name of the organisation.',
      maxLength: 80,
      digits: null,
    })
    expect(model(models, 'Account').columns.get('parentId')).toMatchObject({
      column: 'parent_id',
      type: 'uuid',
      isRequired: false,
    })
    expect(model(models, 'Account').columns.get('type')).toMatchObject({ type: 'enum', enumName: 'AccountType' })
  })

  it('have a relation only on the side with the foreign key', () => {
    expect([...model(models, 'Account').relations.keys()]).toEqual(['workspace', 'parent'])
    expect(model(models, 'Account').relations.get('parent')).toEqual({
      name: 'parent',
      target: 'Account',
      columns: ['workspaceId', 'parentId'],
      references: ['workspaceId', 'id'],
      isRequired: false,
      restrictsDelete: false,
      description: 'The organisation this one belongs to.',
    })
    expect(model(models, 'Workspace').relations.size).toBe(0)
  })

  it('have enums, with the descriptions of an enum and its values', () => {
    expect(models.enums.get('AccountType')).toEqual({
      name: 'AccountType',
      pluginId: 'core',
      type: 'AccountType',
      description: 'What an organisation is.',
      values: [
        { name: 'PROSPECT', description: 'Not yet a customer.' },
        { name: 'CUSTOMER', description: null },
      ],
    })
  })
})

describe('column types', () => {
  const of = (type: string) =>
    model(readModels([source('core', `model Thing {\n  id Int @id\n  field ${type}\n}`)]), 'Thing').columns.get('field')

  it.each([
    ['String', 'text'],
    ['String @db.Uuid', 'uuid'],
    ['Int', 'int'],
    ['BigInt', 'bigint'],
    ['Float', 'float'],
    ['Decimal @db.Decimal(20, 4)', 'decimal'],
    ['Boolean', 'boolean'],
    ['DateTime @db.Timestamptz(3)', 'timestamp'],
    ['DateTime @db.Date', 'date'],
    ['Json', 'json'],
    ['Bytes', 'bytes'],
  ])('a column declared as %s has the type %s', (declared, type) => {
    expect(of(declared)).toMatchObject({ type, isRequired: true, isList: false, hasDefault: false })
  })

  it('come with whether a column is a list, has a default, is generated or has a maximum length', () => {
    expect(of('String[]')).toMatchObject({ isList: true, isRequired: true })
    expect(of('String @db.Char(3)')).toMatchObject({ maxLength: 3 })
    expect(of('Decimal @db.Decimal(20, 4)')).toMatchObject({ digits: { whole: 16, places: 4 } })
    expect(of('Decimal')).toMatchObject({ digits: null })
    expect(of('BigInt @default(autoincrement())')).toMatchObject({ hasDefault: true, isGenerated: false })
    expect(of('BigInt @default(dbgenerated("1 + 1"))')).toMatchObject({ hasDefault: true, isGenerated: false })
    expect(of('String @default(dbgenerated())')).toMatchObject({ hasDefault: true, isGenerated: true })
  })

  it.each([
    ['DateTime', 'Write @db.Timestamptz(3) for an instant or @db.Date for a day'],
    ['DateTime @db.Timestamp(3)', 'Write @db.Timestamptz(3)'],
    ['Json @db.Json', 'Write Json without @db.Json'],
    ['String @default(uuid())', 'Thing.field has @default(uuid()), which the database cannot fill in.'],
    ['DateTime @updatedAt @db.Timestamptz(3)', 'Thing.field has @updatedAt'],
    ['Colour', 'Type "Colour" is neither a built-in type'],
  ])('a column declared as %s is refused', (declared, message) => {
    expect(() => of(declared)).toThrow(ModelError)
    expect(() => of(declared)).toThrow(message)
  })

  it('an enum with a value that has an @map is refused', () => {
    expect(() => readModels([source('core', 'enum Colour {\n  RED @map("r")\n}')])).toThrow('Colour.RED has an @map.')
  })

  it('an unknown column type is refused with the file and line of the model', () => {
    const text = LEGAL_MODELS.replace('accountId   String?', 'accountId   Text?')
    const broken = { pluginId: 'legal', files: [{ path: 'matters.prisma', text }] }

    expect(() => readModels([source('core', CORE_MODELS), broken])).toThrow('legal/matters.prisma:6')
  })
})

describe('the models of core', () => {
  let core: Awaited<ReturnType<typeof readModelFiles>>

  beforeAll(async () => {
    core = await readModelFiles('core', join(import.meta.dirname, '../../prisma/models'))
  })

  it('give the same Prisma schema when they are read twice', () => {
    expect(readModels([core]).schema).toBe(readModels([core]).schema)
  })
})
