import type { GraphQLResolveInfo } from 'graphql'
import { raw } from '../data/sql.ts'
import type { Transaction } from '../data/transaction.ts'
import type { Actor } from '../request/actor.ts'
import type { RequestContext, Runtime } from '../request/context.ts'
import { timeOf } from '../request/time.ts'
import { compileFilter } from './filter/filter.ts'
import type { Reading } from './reading.ts'

interface Caller {
  readonly runtime: Pick<Runtime, 'registry' | 'schema' | 'now'>
  readonly actor: Actor
  readonly now?: Date
}

/**
 * Returns the `Reading` of a statement that looks up or checks records with the caller's permissions, where no client
 * selects fields.
 */
export function startFinding(caller: Caller): Reading {
  const { runtime, actor } = caller
  const { registry, schema } = runtime
  return startReading({ schema, fragments: {}, variables: {}, registry, actor, now: timeOf(caller) })
}

/**
 * Returns the `Reading` of a statement that reads the fields that a client selects in the field of `info`.
 * @param transaction Transaction in which the statement runs; absent when it runs in a transaction of its own.
 */
export function startSelection(request: RequestContext, info: GraphQLResolveInfo, transaction?: Transaction): Reading {
  const { runtime, actor, auditedReads } = request
  return startReading({
    schema: info.schema,
    fragments: info.fragments,
    variables: info.variableValues,
    registry: runtime.registry,
    actor,
    request,
    ...(transaction ? { transaction } : {}),
    now: timeOf(request),
    ...(auditedReads ? { auditedReads } : {}),
  })
}

/** Returns a new `Reading`: the state of one SQL statement while it is compiled for the caller. */
export function startReading(
  options: Omit<
    Reading,
    'alias' | 'resolutions' | 'placeholders' | 'planning' | 'decisions' | 'compileFilter' | 'auditedReads'
  > &
    Partial<Pick<Reading, 'auditedReads'>>,
): Reading {
  let aliasCount = 0
  return {
    ...options,
    // Empty at first. Compiling a resolved field (code and not SQL computes its value) adds its code here.
    resolutions: new Map(),
    placeholders: { isUsed: false },
    planning: { when: 'once' },
    // Empty at first. Compiling a condition adds the results of plugins' access rules, so that each rule runs once.
    decisions: new Map(),
    auditedReads: options.auditedReads ?? new Map(),
    compileFilter,
    alias: () => raw(`t${++aliasCount}`),
  }
}
