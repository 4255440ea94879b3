import { type GraphQLResolveInfo, getNamedType, isLeafType } from 'graphql'
import { transact } from '../../data/transaction.ts'
import type { UserError, UserErrorField } from '../../declare/rules/user-errors.ts'
import { auditReads } from '../../log/audited-reads.ts'
import type { FieldGroup } from '../../reads/collect.ts'
import { failuresInPlace, settleWithin } from '../../reads/deferred.ts'
import { computeResolved } from '../../reads/fields/resolutions.ts'
import { projectorOf, readProjected, startProjection } from '../../reads/projection.ts'
import { startSelection } from '../../reads/start-reading.ts'
import type { RequestContext } from '../../request/context.ts'
import type { SchemaTypes } from '../builder.ts'
import type { TypeStore } from '../types.ts'
import { payloadOptions } from './payload-types.ts'

type FieldBuilder = PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, UserError>

/**
 * Returns a field of an error type. Values are in the error. Where the declared type is an object, the error has the ids of
 * records, and the field reads what the client selects of them after the mutation has ended: the payload of a mutation that
 * is sent again with its Idempotency-Key then shows what the caller may see at that time.
 */
export function errorField(
  store: TypeStore,
  t: FieldBuilder,
  plugin: string,
  typeName: string,
  name: string,
  { isList, ...declared }: UserErrorField,
) {
  const options = payloadOptions(store, plugin, `${typeName}.${name}`, { ...declared, ...(isList ? { isList } : {}) })
  const resolve = (error: UserError, _args: unknown, context: RequestContext, info: GraphQLResolveInfo) => {
    const value = error[name] ?? (isList ? [] : null)
    if (value === null && !declared.isNullable)
      throw new Error(`${error.typename}.${name} has no value in the error that was returned.`)
    return isLeafType(getNamedType(info.returnType)) ? value : readSelected(context, info, value)
  }
  if (isList)
    return t.field({
      ...options,
      type: [options.type],
      async resolve(...args) {
        const list: unknown = await resolve(...args)
        return Array.isArray(list) ? list : []
      },
    })
  return t.field({ ...options, resolve })
}

/** Reads what the client selects of a value of an error, in a transaction of its own. */
async function readSelected(context: RequestContext, info: GraphQLResolveInfo, value: unknown): Promise<unknown> {
  const { runtime, actor } = context
  const [first, ...others] = info.fieldNodes
  if (!first) return null
  const group: FieldGroup = [first, ...others]
  return await transact(
    runtime.database,
    actor.workspaceId,
    async (transaction) => {
      const reading = startSelection(context, info, transaction)
      const projection = startProjection(reading, { isCompletedByExecutor: true, includeDeleted: false })
      const project = projectorOf(projection, info.returnType, group, `${info.parentType.name}.${info.fieldName}`)
      const answer = project(value)
      await readProjected(projection, transaction)
      await computeResolved(reading)
      await auditReads(context, reading.auditedReads)
      return settleWithin(answer, [], failuresInPlace)
    },
    runtime.onStatement,
    'read only',
  )
}
