import { LRUCache } from 'lru-cache'
import type { Plugin } from '../../declare/plugin.ts'
import type { Registry } from '../../registry/object-type.ts'
import { parseSql } from './sql-parser.ts'
import { readsOf, type SeesCall, type StatementReads, textOfCall, type UnseenRead } from './unseen-reads.ts'

/** A statement of a plugin's code, with the markers of `sees` that stand for conditions. */
export interface CheckedStatement {
  readonly text: string
  readonly plugin: Plugin
  readonly registry: Registry
  /** The calls of `sees` in the context of the code, by marker. */
  readonly calls: ReadonlyMap<string, SeesCall>
  /** Whether the statement may read records that are hidden from the caller. */
  readonly isUnrestricted: boolean
}

/**
 * Checks that a statement reads only records that are visible to the caller: that each of its tables of records has a
 * condition of `sees`. This protects against mistakes, as `checkStatement` does: it does not check how the condition is
 * combined with others.
 * @throws Error that says what the statement reads and what to do.
 */
export function checkReads({ text, plugin, registry, calls, isUnrestricted }: CheckedStatement): void {
  const markers = [...text.matchAll(/"(sees:[^"]*)"/g)].map(([, marker = '']) => marker)
  if (isUnrestricted && markers.length === 0) return
  const unknown = markers.find((marker) => !calls.has(marker))
  if (unknown !== undefined)
    throw refused(plugin, 'it has a condition of `sees` of another context. Call `sees` where the statement is built.')
  const { unseen, conditions } = cachedReads({ text, plugin, registry, calls })
  for (const marker of new Set(markers))
    if (conditions.get(marker) !== markers.filter((each) => each === marker).length)
      throw refused(plugin, 'it uses `sees` as something else than a condition, such as in a text or as a name.')
  const [first] = unseen
  if (first && !isUnrestricted) throw refused(plugin, explain(first))
}

const readsByRegistry = new WeakMap<Registry, LRUCache<string, StatementReads>>()
/** Maximum number of cached statements for each set of plugins, and of their characters. */
const CACHE_LIMITS = { max: 5_000, maxSize: 5_000_000 }

/** The result depends on the text only: the same marker stands for the same call in every context. */
function cachedReads({ text, plugin, registry, calls }: Omit<CheckedStatement, 'isUnrestricted'>): StatementReads {
  const cache = readsByRegistry.get(registry) ?? new LRUCache<string, StatementReads>(CACHE_LIMITS)
  readsByRegistry.set(registry, cache)
  const key = `${plugin.id} ${text}`
  const cached = cache.get(key)
  if (cached) return cached
  try {
    const reads = readsOf(parseSql(text), registry, plugin.id, calls)
    cache.set(key, reads, { size: key.length })
    return reads
  } catch (error) {
    throw refused(plugin, error instanceof Error ? error.message : String(error))
  }
}

function explain({ what, remedy }: UnseenRead): string {
  const unrestricted =
    'where the code has to see every record whoever calls, send the statement with `unrestricted.query`'
  return remedy
    ? `${what} without checking what the caller may see. Add the condition ${textOfCall(remedy)}; ${unrestricted}.`
    : `${what}, and \`sees\` can't check that. Read through \`records\`; ${unrestricted}.`
}

function refused(plugin: Plugin, why: string): Error {
  return new Error(`A statement of the plugin ${plugin.id} was not sent: ${why}`)
}
