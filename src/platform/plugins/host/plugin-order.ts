import { satisfies } from 'semver'
import { PLUGIN_API_VERSION, type Plugin } from '../../declare/plugin.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import type { CoreParts } from './compose-plugins.ts'

/** A plugin that can't be used together with the others, with the reasons. */
export interface IncompatiblePlugin {
  readonly plugin: LoadedPlugin
  readonly reasons: readonly string[]
}

/** The plugins that can be used together, each after its dependencies, and those that can't be used. */
export interface Ordered {
  readonly ordered: readonly LoadedPlugin[]
  readonly refused: readonly IncompatiblePlugin[]
}

/**
 * Orders plugins so that each comes after its dependencies. Refuses with the reasons: a plugin for another version of
 * the plugin API; a plugin with an id that is taken; a plugin whose dependencies are missing, have a wrong version or
 * form a cycle; and, of two plugins in conflict, the later one in `loaded`.
 */
export function orderPlugins(core: CoreParts, loaded: readonly LoadedPlugin[]): Ordered {
  const refused: IncompatiblePlugin[] = []
  let remaining = [...loaded]
  const refuse = (plugin: LoadedPlugin, reasons: readonly string[]) => {
    refused.push({ plugin, reasons })
    remaining = remaining.filter((candidate) => candidate !== plugin)
  }
  for (const candidate of loaded) {
    const reasons = [
      ...pluginProblems(core, candidate.plugin),
      ...conflictsWith(
        candidate,
        loaded.slice(0, loaded.indexOf(candidate)).filter((other) => remaining.includes(other)),
      ),
    ]
    if (reasons.length > 0) refuse(candidate, reasons)
  }
  const ordered: LoadedPlugin[] = []
  const available = () => [...core.plugins, ...ordered.map(({ plugin }) => plugin)]
  for (let next = remaining; next.length > 0; ) {
    const ready = next.filter(({ plugin }) => missingDependencies(plugin, available()).length === 0)
    if (ready.length === 0) {
      for (const candidate of next) refuse(candidate, dependencyProblems(candidate.plugin, available(), next))
      break
    }
    const [first] = ready
    if (first) ordered.push(first)
    next = next.filter((candidate) => candidate !== first)
  }
  return { ordered, refused }
}

/**
 * Returns the first word of the name of each table of core, such as `plugin` of `plugin_activations`. A plugin must not
 * have one of these words as its id, because its tables begin with its id and could be mistaken for tables of core.
 */
function tablePrefixes({ models }: CoreParts): ReadonlySet<string> {
  return new Set(
    models.files.flatMap(({ text }) => [...text.matchAll(/@@map\("([a-z0-9]+)_/g)].map(([, prefix]) => prefix ?? '')),
  )
}

function pluginProblems(core: CoreParts, { id, api }: Plugin): string[] {
  return [
    ...(core.plugins.some((module) => module.id === id) || tablePrefixes(core).has(id)
      ? [`The id ${id} belongs to core. Choose another.`]
      : []),
    ...(satisfies(PLUGIN_API_VERSION, api)
      ? []
      : [
          `${id} is written for version ${api} of the plugin API; this is ${PLUGIN_API_VERSION}. Use a version of the plugin for this API.`,
        ]),
  ]
}

function conflictsWith({ plugin, source }: LoadedPlugin, others: readonly LoadedPlugin[]): string[] {
  return others.flatMap((other) => {
    if (other.plugin.id === plugin.id)
      return [`The id ${plugin.id} is used by both ${other.source} and ${source}. Remove one of them.`]
    const range = plugin.conflicts?.[other.plugin.id]
    const reverseRange = other.plugin.conflicts?.[plugin.id]
    return [
      ...(range !== undefined && satisfies(other.plugin.version, range) ? [conflict(plugin, other.plugin)] : []),
      ...(reverseRange !== undefined && satisfies(plugin.version, reverseRange)
        ? [conflict(other.plugin, plugin)]
        : []),
    ]
  })
}

function conflict(declaring: Plugin, other: Plugin): string {
  return `${declaring.id} declares that it conflicts with ${other.id} ${other.version}. Remove one of them.`
}

function missingDependencies({ depends }: Plugin, available: readonly Plugin[]): string[] {
  return Object.entries(depends ?? {}).flatMap(([id, range]) => {
    const dependency = available.find((plugin) => plugin.id === id)
    return dependency && satisfies(dependency.version, range) ? [] : [id]
  })
}

function dependencyProblems(plugin: Plugin, available: readonly Plugin[], waiting: readonly LoadedPlugin[]): string[] {
  return missingDependencies(plugin, available).map((id) => {
    const range = plugin.depends?.[id] ?? ''
    const dependency = available.find((other) => other.id === id)
    if (dependency) return `${plugin.id} needs ${id} ${range}, but ${id} is at ${dependency.version}.`
    const cycle = cycleFrom(plugin.id, id, waiting)
    if (cycle) return `${cycle.join(' depends on ')}: plugins can't depend on each other in a cycle.`
    return waiting.some((candidate) => candidate.plugin.id === id)
      ? `${plugin.id} needs ${id}, which can't be used either.`
      : `${plugin.id} needs ${id} ${range}, which is not installed. Add it first.`
  })
}

/**
 * Returns the ids of a dependency cycle that begins and ends with `start`; null when there is no such cycle.
 * @param start First and last plugin of the cycle.
 * @param via Dependency of `start` that the cycle goes through.
 */
function cycleFrom(start: string, via: string, waiting: readonly LoadedPlugin[]): string[] | null {
  const visited = new Set<string>()
  const search = (id: string, path: readonly string[]): string[] | null => {
    if (id === start) return [...path, id]
    if (visited.has(id)) return null
    visited.add(id)
    const plugin = waiting.find((candidate) => candidate.plugin.id === id)?.plugin
    for (const next of Object.keys(plugin?.depends ?? {})) {
      const cycle = search(next, [...path, id])
      if (cycle) return cycle
    }
    return null
  }
  return search(via, [start])
}
