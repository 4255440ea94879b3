import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { GetPrismaClientConfig } from '@prisma/client/runtime/client'
import { z } from 'zod'
import { CLIENT_VERSION } from './client-version.ts'
import { describeModels } from './describe-models.ts'
import { cachedDescription } from './description-cache.ts'

/** What Prisma Client is made from: the models, and the graph by which it recognises equal queries. */
export type ModelDescription = Pick<GetPrismaClientConfig, 'runtimeDataModel' | 'parameterizationSchema'>

/** A composed schema could not be described. The message has the output of the process that should have done it. */
export class ModelDescriptionError extends Error {}

const PROCESS_ENTRY = fileURLToPath(new URL('./describe-models-process.ts', import.meta.url))
const COMPUTING_CODE = new URL('./describe-models.ts', import.meta.url)
const LIMIT_MS = 60_000
// The description of core and three plugins is 1.7 MB.
const MAX_BYTES = 64 * 2 ** 20

/**
 * Describes the models of a composed schema. When no earlier process has kept the description, a separate process
 * computes it, so that the memory it takes is given back and this process answers requests meanwhile.
 * @throws ModelDescriptionError when the process fails or does not end in time.
 */
export function describeSchema(schema: string): Promise<ModelDescription> {
  // The code that computes is part of the key, so that a change of it is not answered from before.
  const version = `${CLIENT_VERSION} ${readFileSync(COMPUTING_CODE, 'utf8')}`
  return cachedDescription(schema, version, readDescription, () => describeInChildProcess(schema))
}

/** Returns the description as JSON. */
async function describeInChildProcess(schema: string): Promise<string> {
  const running = promisify(execFile)(process.execPath, [PROCESS_ENTRY], {
    // No environment variables, because they contain secrets of the installation.
    env: {},
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_BYTES,
  })
  // When the process ends before it has read the schema, its exit says more than the error of the pipe.
  running.child.stdin?.on('error', () => undefined).end(schema)
  try {
    return (await running).stdout
  } catch (error) {
    throw new ModelDescriptionError(`Prisma Client could not be made from the models: ${reasonIn(error)}`, {
      cause: error,
    })
  }
}

/** Does the same in this process, which waits for it and keeps the memory. */
export function describeHere(schema: string): ModelDescription {
  return readDescription(describeModels(schema))
}

function reasonIn(error: unknown): string {
  const { killed, stderr } = failureSchema.parse(error)
  if (stderr !== '') return stderr
  return killed ? `the process did not end within ${LIMIT_MS / 1_000} s.` : String(error)
}

/** The properties of an error of `execFile`; of another error, their defaults. */
const failureSchema = z.object({ killed: z.boolean().catch(false), stderr: z.string().trim().catch('') })

const fieldSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['scalar', 'object', 'enum', 'unsupported']),
  type: z.string(),
  relationName: z.string().optional(),
  dbName: z.string().nullish(),
})

const modelsSchema = z.strictObject({
  models: z.record(
    z.string(),
    z.strictObject({ fields: z.array(fieldSchema), dbName: z.string().nullable(), schema: z.string().nullable() }),
  ),
  enums: z.strictObject({}),
  types: z.strictObject({}),
})

const descriptionSchema = z.strictObject({
  // Prisma's type requires more properties of fields and models than Prisma's generated code has: so the value is
  // checked against what the generated code has, and typed as Prisma types the generated code.
  runtimeDataModel: z.custom<ModelDescription['runtimeDataModel']>((value) => modelsSchema.safeParse(value).success),
  parameterizationSchema: z.strictObject({ strings: z.array(z.string()), graph: z.string() }),
})

function readDescription(json: string): ModelDescription {
  return descriptionSchema.parse(JSON.parse(json))
}
