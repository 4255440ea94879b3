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

/** Begins a statement for a caller that finds records, or asks something of them, and in which nothing is selected. */
export function startFinding({ runtime: { registry, schema }, actor }: Caller): Reading {
  return startReading({ schema, fragments: {}, variables: {}, registry, actor })
}

/** Begins a statement for what the client selects below a field. */
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

/** Begins a statement for a caller. */
export function startReading(
  options: Omit<Reading, 'alias' | 'resolutions' | 'decisions' | 'compileFilter' | 'auditedReads'> &
    Partial<Pick<Reading, 'auditedReads'>>,
): Reading {
  let count = 0
  return {
    ...options,
    resolutions: new Map(),
    decisions: new Map(),
    auditedReads: options.auditedReads ?? new Map(),
    compileFilter,
    alias: () => raw(`t${++count}`),
  }
}
