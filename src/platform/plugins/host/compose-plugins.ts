import type { GraphQLSchema } from 'graphql'
import type { ModelSource } from '../../data/models/compose-models.ts'
import { type Models, readModels } from '../../data/models/models.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { buildSchema } from '../../graphql/build-schema.ts'
import type { Registry } from '../../registry/object-type.ts'
import { composeRegistry } from '../../registry/registry.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'

/** What core and a set of plugins make together. */
export interface Composed {
  readonly registry: Registry
  readonly schema: GraphQLSchema
}

/** What every composition of an installation has in it. */
export interface CoreParts {
  readonly plugins: readonly Plugin[]
  readonly models: ModelSource
}

/** A plugin that could not be composed with those before it, and why. */
export interface RefusedPlugin {
  readonly id: string
  readonly reason: string
}

/**
 * Composes core with plugins. The models are those of every loaded plugin, so that the tables of all are known; the types,
 * rules and operations only those of `enabled`.
 * @throws ModelError or CompositionError with both owners, where they don't fit together.
 */
export function composePlugins(
  core: CoreParts,
  loaded: readonly LoadedPlugin[],
  enabled: readonly LoadedPlugin[],
): Composed {
  return composeSet(core, modelsOf(core, loaded), enabled)
}

/** The same over models that were read before. */
export function composeSet(core: CoreParts, models: Models, enabled: readonly LoadedPlugin[]): Composed {
  const registry = composeRegistry(models, [...core.plugins, ...enabled.map(({ plugin }) => plugin)])
  return { registry, schema: buildSchema(registry) }
}

function modelsOf(core: CoreParts, loaded: readonly LoadedPlugin[]): Models {
  return readModels([core.models, ...loaded.flatMap(({ modelSource }) => modelSource ?? [])])
}

/** Plugins that fit together with core. */
export interface Fitting {
  readonly plugins: readonly LoadedPlugin[]
  readonly refused: readonly RefusedPlugin[]
  /** Core and all of them, composed. */
  readonly composed: Composed
}

/**
 * The plugins that fit together with core, in the order given: a bad one is left out with its reason, and those that depend
 * on it. Where all fit, which is nearly always, it is one composition.
 */
export function fittingPlugins(core: CoreParts, loaded: readonly LoadedPlugin[]): Fitting {
  const all = attempt(core, loaded)
  if (all.composed) return { plugins: loaded, refused: [], composed: all.composed }
  const plugins: LoadedPlugin[] = []
  const refused: RefusedPlugin[] = []
  let composed = composePlugins(core, [], [])
  for (const each of loaded) {
    const missing = Object.keys(each.plugin.depends ?? {}).find((id) => refused.some((other) => other.id === id))
    const next = missing
      ? { composed: null, reason: `It depends on ${missing}, which is left out.` }
      : attempt(core, [...plugins, each])
    if (next.composed) {
      plugins.push(each)
      composed = next.composed
    } else refused.push({ id: each.plugin.id, reason: next.reason })
  }
  return { plugins, refused, composed }
}

type Attempt = { readonly composed: Composed } | { readonly composed: null; readonly reason: string }

function attempt(core: CoreParts, loaded: readonly LoadedPlugin[]): Attempt {
  try {
    return { composed: composePlugins(core, loaded, loaded) }
  } catch (error) {
    return { composed: null, reason: error instanceof Error ? error.message : String(error) }
  }
}
