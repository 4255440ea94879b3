import { satisfies } from 'semver'
import { PLUGIN_API_VERSION, type Plugin } from '../../declare/plugin.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import type { CoreParts } from './compose-plugins.ts'

/** A plugin that can't be used together with the others, and why. */
export interface IncompatiblePlugin {
  readonly plugin: LoadedPlugin
  readonly reasons: readonly string[]
}

/** Plugins as they may be used, each after those it depends on, and those left over. */
export interface Ordered {
  readonly ordered: readonly LoadedPlugin[]
  readonly refused: readonly IncompatiblePlugin[]
}

/**
 * Orders plugins by what they depend on. Left out with the reasons: those written for another plugin API, with the id of
 * somebody else, whose dependencies are missing, of another version or a circle, and of two in conflict the one that comes
 * later in the list.
 */
export function orderPlugins(core: CoreParts, loaded: readonly LoadedPlugin[]): Ordered {
  const refused: IncompatiblePlugin[] = []
  let left = [...loaded]
  const refuse = (plugin: LoadedPlugin, reasons: readonly string[]) => {
    refused.push({ plugin, reasons })
    left = left.filter((each) => each !== plugin)
  }
  for (const each of loaded) {
    const reasons = [
      ...ownProblems(core, each.plugin),
      ...clashesWith(
        each,
        loaded.slice(0, loaded.indexOf(each)).filter((other) => left.includes(other)),
      ),
    ]
    if (reasons.length > 0) refuse(each, reasons)
  }
  const ordered: LoadedPlugin[] = []
  const known = () => [...core.plugins, ...ordered.map(({ plugin }) => plugin)]
  for (let next = left; next.length > 0; ) {
    const ready = next.filter(({ plugin }) => missingDependencies(plugin, known()).length === 0)
    if (ready.length === 0) {
      for (const each of next) refuse(each, unmet(each.plugin, known(), next))
      break
    }
    const [first] = ready
    if (first) ordered.push(first)
    next = next.filter((each) => each !== first)
  }
  return { ordered, refused }
}

/** First part of the names of core's tables: with one of them as id, a plugin's tables could not be told from core's. */
function tablePrefixes({ models }: CoreParts): ReadonlySet<string> {
  return new Set(
    models.files.flatMap(({ text }) => [...text.matchAll(/@@map\("([a-z0-9]+)_/g)].map(([, of]) => of ?? '')),
  )
}

function ownProblems(core: CoreParts, { id, api }: Plugin): string[] {
  return [
    ...(core.plugins.some((own) => own.id === id) || tablePrefixes(core).has(id)
      ? [`The id ${id} belongs to core. Choose another.`]
      : []),
    ...(satisfies(PLUGIN_API_VERSION, api)
      ? []
      : [
          `${id} is written for version ${api} of the plugin API; this is ${PLUGIN_API_VERSION}. Take a version of it that fits.`,
        ]),
  ]
}

function clashesWith({ plugin, source }: LoadedPlugin, others: readonly LoadedPlugin[]): string[] {
  return others.flatMap((other) => {
    if (other.plugin.id === plugin.id)
      return [`The id ${plugin.id} is used by both ${other.source} and ${source}. Take one of them out.`]
    const range = plugin.conflicts?.[other.plugin.id]
    const opposite = other.plugin.conflicts?.[plugin.id]
    return [
      ...(range !== undefined && satisfies(other.plugin.version, range) ? [conflict(plugin, other.plugin)] : []),
      ...(opposite !== undefined && satisfies(plugin.version, opposite) ? [conflict(other.plugin, plugin)] : []),
    ]
  })
}

function conflict(declaring: Plugin, other: Plugin): string {
  return `${declaring.id} declares that it can't live with ${other.id} ${other.version}. Take one of them out.`
}

function missingDependencies({ depends }: Plugin, known: readonly Plugin[]): string[] {
  return Object.entries(depends ?? {}).flatMap(([id, range]) => {
    const found = known.find((each) => each.id === id)
    return found && satisfies(found.version, range) ? [] : [id]
  })
}

function unmet(plugin: Plugin, known: readonly Plugin[], waiting: readonly LoadedPlugin[]): string[] {
  return missingDependencies(plugin, known).map((id) => {
    const range = plugin.depends?.[id] ?? ''
    const found = known.find((each) => each.id === id)
    if (found) return `${plugin.id} needs ${id} ${range}, but ${id} is at ${found.version}.`
    const circle = circleFrom(plugin.id, id, waiting)
    if (circle) return `${circle.join(' depends on ')}: plugins can't depend on each other in a circle.`
    return waiting.some((each) => each.plugin.id === id)
      ? `${plugin.id} needs ${id}, which can't be used itself.`
      : `${plugin.id} needs ${id} ${range}, which is not installed. Add it first.`
  })
}

/** The way from a plugin over one it depends on back to itself, or null. */
function circleFrom(start: string, via: string, waiting: readonly LoadedPlugin[]): string[] | null {
  const seen = new Set<string>()
  const search = (id: string, path: readonly string[]): string[] | null => {
    if (id === start) return [...path, id]
    if (seen.has(id)) return null
    seen.add(id)
    const plugin = waiting.find((each) => each.plugin.id === id)?.plugin
    for (const next of Object.keys(plugin?.depends ?? {})) {
      const found = search(next, [...path, id])
      if (found) return found
    }
    return null
  }
  return search(via, [start])
}
