import { createHash } from 'node:crypto'
import type { GraphQLSchema } from 'graphql'
import { raw, Sql } from '../../data/sql.ts'
import type { PluginContext } from '../../declare/plugin-context.ts'
import type { AccessContext } from '../../permissions/access-context.ts'
import { detectMissingGrant, lacksPermission, pluginLacksPermission } from '../../permissions/detect-missing-grant.ts'
import { startFinding } from '../../reads/start-reading.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'
import type { Actor } from '../../request/actor.ts'
import type { Part } from '../../sandbox/work-level.ts'
import { recordTablesOf } from '../statements/record-tables.ts'
import type { SeesCall } from '../statements/unseen-reads.ts'
import { visibleRowCondition } from './visible-row.ts'

/** Whose SQL is written, and who has to see the records in it. */
export interface SeesScope {
  readonly registry: Registry
  readonly schema: GraphQLSchema
  /** Actor to whom the records have to be visible: the caller, limited to the permissions of the plugin. */
  readonly actor: Actor
}

/** `sees` of the context of a plugin. */
export interface PluginSees {
  readonly sees: PluginContext['sees']
  /** The calls of `sees` in this context, by the marker that stands for their condition. */
  readonly calls: ReadonlyMap<string, SeesCall>
  /** Returns a statement in which each marker is replaced by the condition that it stands for. */
  expand(statement: Sql): Sql
}

/** Matches a marker as it is in the text of a statement. */
const MARKER = /"(sees:[0-9a-f]{40})"/

/**
 * Returns `sees` for a plugin. What it returns is a marker: a quoted name that no column has. The platform's condition
 * names tables that the plugin may not read. So it takes the place of the marker only after the statement was checked.
 */
export function createPluginSees(scope: SeesScope, part: Part): PluginSees {
  const calls = new Map<string, SeesCall>()
  return {
    calls,
    sees(name, alias) {
      const call = seesCall(name, alias)
      requireManifest(scope.registry, part, name)
      // The same call has the same marker in every request, so that the check of a statement can be cached by its text.
      const marker = `sees:${createHash('sha1').update(`${call.name} ${call.alias}`).digest('hex')}`
      calls.set(marker, call)
      return raw(`"${marker}"`)
    },
    expand(statement) {
      const access = startAccess(scope)
      const strings = [statement.strings[0] ?? '']
      const values: unknown[] = []
      for (const [index, text] of statement.strings.entries()) {
        const [first = '', ...pieces] = text.split(MARKER)
        if (index === 0) strings[0] = first
        else {
          values.push(statement.values[index - 1])
          strings.push(first)
        }
        // `split` returns markers and the text between them in turn.
        for (let at = 0; at < pieces.length; at += 2) {
          const call = calls.get(pieces[at] ?? '')
          if (!call) throw new Error(`A statement contains ${pieces[at]}, which is no condition of this context.`)
          values.push(visibleRowCondition(access, call))
          strings.push(pieces[at + 1] ?? '')
        }
      }
      return new Sql(strings, values)
    },
  }
}

/** Returns `sees` for a module of core, whose statements are not checked: it returns the condition itself. */
export function createCoreSees(scope: SeesScope): PluginContext['sees'] {
  return (name, alias) => visibleRowCondition(startAccess(scope), seesCall(name, alias))
}

function startAccess({ registry, schema, actor }: SeesScope): AccessContext {
  let aliasCount = 0
  // The aliases differ from those of plugins, which `seesCall` checks.
  return { ...startFinding({ runtime: { registry, schema }, actor }), alias: () => raw(`sees_${++aliasCount}`) }
}

function seesCall(name: string, alias: Sql): SeesCall {
  const text = alias.text
  const quoted = /^"([^"]+)"$/.exec(text)?.[1]
  if (quoted === undefined && !/^[a-z_][a-z0-9_]*$/i.test(text))
    throw new Error(`\`sees\` takes the alias of a table, such as sees('${name}', sql\`t\`), not ${text}.`)
  const call = { name, alias: quoted ?? text.toLowerCase() }
  if (/^sees_\d+$/.test(call.alias)) throw new Error(`The alias ${call.alias} is for the platform. Choose another.`)
  return call
}

/**
 * Checks that the plugin's manifest has the permission to read an object, or the records that child rows belong to.
 * Without it the condition would never be true, whoever the caller is.
 * @throws Error when there is no such object or model; GraphQLError FORBIDDEN when a permission is missing.
 */
function requireManifest(registry: Registry, part: Part, name: string): void {
  for (const objects of recordsOf(registry, name)) {
    if (objects.some((object) => !lacksPermission(registry, part.plugin, readPermission(object)))) continue
    const [object] = objects
    if (!object) continue
    const error = pluginLacksPermission(part.plugin, readPermission(object))
    detectMissingGrant(registry, part, error)
    throw error
  }
}

/** Returns lists of objects: of each list, one object has to be readable. */
function recordsOf(registry: Registry, name: string): readonly (readonly ObjectType[])[] {
  const object = registry.objects.get(name)
  if (object) return [[object]]
  const child = recordTablesOf(registry).children.get(name)
  if (child) return child.parents.map(({ objects }) => objects)
  throw new Error(`\`sees\` takes the name of an object, or of the model of an item or a link, not ${name}.`)
}

function readPermission({ singular }: ObjectType): `${string}:${string}` {
  return `${singular}:read`
}
