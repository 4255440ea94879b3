import { fileURLToPath } from 'node:url'
import { items } from '../../../src/platform/declare/objects/fields.ts'
import type { ObjectDeclaration } from '../../../src/platform/declare/objects/object.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import type { PluginPrisma } from '../../../src/platform/declare/plugin-prisma.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { at, textAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { testPlugin } from '../guarded-plugin.ts'

/** Folder of the models and migrations of the plugin `units`. */
export const UNITS = fileURLToPath(new URL('.', import.meta.url))

/** Code of a test that runs as code of the plugin. */
export type UnitsCode = (context: PluginContext) => Promise<unknown>

const codes = new Map<string, UnitsCode>()

const unit: ObjectDeclaration = {
  model: 'Unit',
  prefix: 'unit',
  plural: 'units',
  naturalKey: ['name'],
  columns: { name: {} },
  relations: { partOf: {} },
  writes: ['create', 'update', 'delete', 'restore'],
}

const lease: ObjectDeclaration = {
  model: 'UnitLease',
  prefix: 'unitlease',
  plural: 'unitLeases',
  naturalKey: ['number'],
  columns: { number: {} },
  relations: { unit: {}, formerUnit: {} },
  fields: {
    parkings: items({
      description: 'Parking spaces that are let with it.',
      item: { model: 'LeaseParking', columns: {}, relations: { space: {} } },
      by: 'lease',
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
}

/** A plugin whose records refer to each other by relations with `onDelete: Restrict`. */
export const units = testPlugin('units', {
  permissions: ['unit:*', 'unitLease:*'],
  objects: [unit, lease],
  operations: [
    defineOperation({
      name: 'doUnits',
      description: 'Runs code of a test.',
      input: { code: { type: 'String', isRequired: true, description: 'Which code.' } },
      payload: { answer: { type: 'JSON', isNullable: true, description: 'What the code returned.' } },
      permission: null,
      run: async ({ code }, context) => ({ values: { answer: await codes.get(code)?.(context) }, userErrors: [] }),
    }),
  ],
})

/** Runs code of a test in the plugin's operation. */
export async function doUnits(client: Pick<TestClient<unknown>, 'query'>, code: UnitsCode) {
  const name = `code ${codes.size}`
  codes.set(name, code)
  const { data, errors } = await client.query(
    'mutation ($code: String!) { doUnits(input: { code: $code }) { answer userErrors { __typename code message path } } }',
    { code: name },
  )
  return { answer: at(data, 'doUnits.answer'), userErrors: at(data, 'doUnits.userErrors'), errors }
}

/** The fields of a user error. */
export const ERRORS = 'userErrors { __typename code message path }'

type Client = Pick<TestClient<unknown>, 'must'>

/** Creates a unit and returns its id. */
export async function addUnit(client: Client, input: object = {}): Promise<string> {
  const create = `mutation ($input: CreateUnitInput!) { createUnit(input: $input) { unit { id } ${ERRORS} } }`
  return textAt(await client.must(create, { input: { name: 'Flat', ...input } }), 'createUnit.unit.id')
}

/** Sends `createUnitLease`, and returns its payload. */
export async function createLease(client: Client, input: object) {
  const create = `mutation ($input: CreateUnitLeaseInput!) { createUnitLease(input: $input) { unitLease { id } ${ERRORS} } }`
  return at(await client.must(create, { input: { number: '1', ...input } }), 'createUnitLease')
}

/** Creates a lease and returns its id. */
export async function addLease(client: Client, input: object): Promise<string> {
  return textAt(await createLease(client, input), 'unitLease.id')
}

/** Sends `deleteUnit`, and returns its payload. */
export async function deleteUnit(client: Client, id: string, version = 1) {
  const remove = `mutation ($input: DeleteUnitInput!) { deleteUnit(input: $input) { unit { id } ${ERRORS} } }`
  return at(await client.must(remove, { input: { id, version } }), 'deleteUnit')
}

/** Soft-deletes a record as it was created, and returns the user errors. */
export async function remove(client: Client, object: string, id: string) {
  const data = await client.must(
    `mutation ($id: ID!) { delete${object}(input: { id: $id, version: 1 }) { ${ERRORS} } }`,
    { id },
  )
  return at(data, `delete${object}.userErrors`)
}

/** Restores a record that was deleted as it was created, and returns the user errors. */
export async function restore(client: Client, object: string, id: string) {
  const data = await client.must(
    `mutation ($id: ID!) { restore${object}(input: { id: $id, version: 2 }) { ${ERRORS} } }`,
    { id },
  )
  return at(data, `restore${object}.userErrors`)
}

/** The functions of Prisma Client for a table of the plugin. The types of a test know only core's models. */
export function own(prisma: PluginPrisma, model: string): OwnTable {
  return Reflect.get(prisma, model)
}

interface OwnTable {
  create(args: object): Promise<unknown>
  delete(args: object): Promise<unknown>
}
