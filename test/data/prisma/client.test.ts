import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { composeModels, readModelFiles } from '../../../src/platform/data/models/compose-models.ts'
import { ModelDescriptionError } from '../../../src/platform/data/prisma/model-description.ts'
import { prismaBase } from '../../../src/platform/data/prisma/transaction-client.ts'
import { at } from '../../../src/testing/answers.ts'

let schema: string
beforeAll(async () => {
  schema = composeModels([await readModelFiles('core', join(import.meta.dirname, '../../../prisma/models'))])
})

it('a schema that cannot be described fails with the output of the process, and the next call tries it again', async () => {
  const base = prismaBase('model Broken {')
  const first = base.connect()
  expect(base.connect()).toBe(first)
  const error: unknown = await first.catch((error: unknown) => error)
  expect(error).toBeInstanceOf(ModelDescriptionError)
  expect(at(error, 'message')).toMatch(/^Prisma Client could not be made from the models: [\s\S]*model Broken/)
  const second = base.connect()
  expect(second).not.toBe(first)
  await expect(second).rejects.toBeInstanceOf(ModelDescriptionError)
})

it('references to columns do not wait for the process, and are the same when it has ended', async () => {
  const early = prismaBase(schema)
  const connected = early.connect()
  const reference = () => {
    const { modelName, name, typeName } = Object(at(early.fieldsOf('account'), 'name'))
    return { modelName, name, typeName }
  }
  const expected = { modelName: 'Account', name: 'name', typeName: 'String' }
  expect(reference()).toEqual(expected)
  await connected
  expect(reference()).toEqual(expected)
})
