import schemaWasm from '@prisma/prisma-schema-wasm'
import { ModelError } from './model-error.ts'

/** The part of Prisma's DMMF (data model meta format) that is used here. */
export interface Dmmf {
  readonly models: readonly DmmfModel[]
  readonly enums: readonly DmmfEnum[]
}

export interface DmmfModel {
  readonly name: string
  readonly dbName: string | null
  readonly documentation?: string
  readonly fields: readonly DmmfField[]
  readonly primaryKey: { readonly fields: readonly string[] } | null
  /** Columns of each unique key that has several. */
  readonly uniqueFields: readonly (readonly string[])[]
}

export interface DmmfField {
  readonly name: string
  readonly dbName?: string
  readonly documentation?: string
  readonly kind: 'scalar' | 'enum' | 'object' | 'unsupported'
  readonly type: string
  readonly nativeType?: readonly [name: string, args: readonly string[]] | null
  readonly isList: boolean
  readonly isRequired: boolean
  readonly isId: boolean
  readonly isUnique: boolean
  readonly isUpdatedAt: boolean
  readonly hasDefaultValue: boolean
  readonly default?: string | number | boolean | readonly unknown[] | DmmfFunction
  readonly relationFromFields?: readonly string[]
  readonly relationToFields?: readonly string[]
  /** Prisma's `onDelete`; absent when the declaration leaves it out. */
  readonly relationOnDelete?: string
}

export interface DmmfFunction {
  readonly name: string
  readonly args: readonly unknown[]
}

export interface DmmfEnum {
  readonly name: string
  readonly dbName?: string | null
  readonly documentation?: string
  readonly values: readonly {
    readonly name: string
    readonly dbName?: string | null
    readonly documentation?: string
  }[]
}

/**
 * Validates the files of a Prisma schema with Prisma's validator and returns what they declare.
 * @throws ModelError with the validator's message, which names the file, the line and the problem.
 */
export function readDmmf(files: readonly (readonly [path: string, text: string])[]): Dmmf {
  let json: string
  try {
    // Not `get_dmmf`: its result also contains the query API of Prisma's client, 6 MB for the models of core.
    json = schemaWasm.get_datamodel(JSON.stringify({ prismaSchema: files, noColor: true }))
  } catch (error) {
    throw new ModelError(`The models do not fit together.\n${validatorMessage(error)}`)
  }
  const dmmf: Dmmf = JSON.parse(json)
  return dmmf
}

/** Returns the message of an error of the validator, whose text is JSON: `{"error_code": …, "message": …}`. */
function validatorMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  try {
    const { message }: { message?: unknown } = JSON.parse(text)
    return String(message ?? text).trim()
  } catch {
    return text
  }
}
