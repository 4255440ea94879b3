import type { GraphQLResolveInfo } from 'graphql'
import { raw } from '../data/sql.ts'
import type { Actor } from '../request/actor.ts'
import type { RequestContext, Runtime } from '../request/context.ts'
import { compileFilter } from './filter/filter.ts'
import type { Reading } from './reading.ts'

interface Caller {
  readonly runtime: Pick<Runtime, 'registry' | 'schema'>
  readonly actor: Actor
}

/** Starts a statement that looks up or checks records for a caller, without a client's selection. */
export function startFinding({ runtime: { registry, schema }, actor }: Caller): Reading {
  return startReading({ schema, fragments: {}, variables: {}, registry, actor })
}

/** Starts a statement for what a client selects below the field that is being resolved. */
export function startSelection({ runtime, actor, auditedReads }: RequestContext, info: GraphQLResolveInfo): Reading {
  return startReading({
    schema: info.schema,
    fragments: info.fragments,
    variables: info.variableValues,
    registry: runtime.registry,
    actor,
    ...(auditedReads ? { auditedReads } : {}),
  })
}

/** Starts a statement for a caller. */
export function startReading(
  options: Omit<Reading, 'alias' | 'resolutions' | 'decisions' | 'compileFilter' | 'auditedReads'> &
    Partial<Pick<Reading, 'auditedReads'>>,
): Reading {
  let aliasCount = 0
  return {
    ...options,
    resolutions: new Map(),
    decisions: new Map(),
    auditedReads: options.auditedReads ?? new Map(),
    compileFilter,
    alias: () => raw(`t${++aliasCount}`),
  }
}
