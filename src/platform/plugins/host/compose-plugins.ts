import type { GraphQLSchema } from 'graphql'
import type { ModelSource } from '../../data/models/compose-models.ts'
import { type Models, readModels } from '../../data/models/models.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { buildSchema } from '../../graphql/build-schema.ts'
import type { Registry } from '../../registry/object-type.ts'
import { composeRegistry } from '../../registry/registry.ts'
import type { LoadedPlugin, UnavailablePlugin } from '../../request/loaded-plugin.ts'

/** Registry and schema of core and a set of plugins. */
export interface Composed {
  readonly registry: Registry
  readonly schema: GraphQLSchema
}

/** The parts of core that every composition contains: its modules and models. */
export interface CoreParts {
  readonly plugins: readonly Plugin[]
  readonly models: ModelSource
}

/**
 * Composes core with plugins. The composition contains the models of all loaded plugins, but the types, rules and
 * operations only of the enabled ones.
 * @throws ModelError or CompositionError when the plugins can't be composed, such as when two declare the same name;
 * the message names both plugins.
 */
export function composePlugins(
  core: CoreParts,
  loaded: readonly LoadedPlugin[],
  enabled: readonly LoadedPlugin[],
): Composed {
  return composeSet(core, modelsOf(core, loaded), enabled)
}

/** Does the same as `composePlugins`, with models that were parsed before. */
export function composeSet(core: CoreParts, models: Models, enabled: readonly LoadedPlugin[]): Composed {
  const registry = composeRegistry(models, [...core.plugins, ...enabled.map(({ plugin }) => plugin)])
  return { registry, schema: buildSchema(registry) }
}

function modelsOf(core: CoreParts, loaded: readonly LoadedPlugin[]): Models {
  return readModels([core.models, ...loaded.flatMap(({ modelSource }) => modelSource ?? [])])
}

/** The plugins that can be composed with core and with each other, and those that can't. */
export interface ComposablePlugins {
  readonly plugins: readonly LoadedPlugin[]
  /** Each other plugin with the reason. */
  readonly refused: readonly (UnavailablePlugin & { readonly id: string })[]
  /** Composition of core and `plugins`. */
  readonly composed: Composed
}

/**
 * Returns the plugins that can be composed with core and with each other, in the given order. A plugin that can't be
 * composed, or that depends on a refused plugin, is in `refused` with the reason. Composes all plugins at once first,
 * and only if that fails adds one plugin after the other.
 * @param onModels Called with the models of all plugins, when they can be composed, before the schema is built.
 */
export function composablePlugins(
  core: CoreParts,
  loaded: readonly LoadedPlugin[],
  onModels: (models: Models) => void = () => undefined,
): ComposablePlugins {
  return leaveOutRefused(loaded, (plugins) => {
    const models = modelsOf(core, plugins)
    if (plugins.length === loaded.length) onModels(models)
    return composeSet(core, models, plugins)
  })
}

/**
 * Does the same as `composablePlugins` for the plugins that one workspace uses, with models that were parsed before.
 * Plugins that can be composed with all others may be refused here: such as one that needs another plugin, does not
 * name it under `depends`, and is used without it.
 */
export function composableSet(core: CoreParts, models: Models, enabled: readonly LoadedPlugin[]): ComposablePlugins {
  return leaveOutRefused(enabled, (plugins) => composeSet(core, models, plugins))
}

function leaveOutRefused(
  loaded: readonly LoadedPlugin[],
  compose: (plugins: readonly LoadedPlugin[]) => Composed,
): ComposablePlugins {
  const complete = tryToCompose(compose, loaded)
  if (complete.composed) return { plugins: loaded, refused: [], composed: complete.composed }
  const plugins: LoadedPlugin[] = []
  const refused: (UnavailablePlugin & { readonly id: string })[] = []
  let composed = compose([])
  for (const candidate of loaded) {
    const { plugin, source } = candidate
    const missing = Object.keys(plugin.depends ?? {}).find((id) => refused.some((other) => other.id === id))
    const next = missing
      ? { composed: null, reason: `It depends on ${missing}, which can't be used.` }
      : tryToCompose(compose, [...plugins, candidate])
    if (next.composed) {
      plugins.push(candidate)
      composed = next.composed
    } else refused.push({ source, id: plugin.id, reason: next.reason })
  }
  return { plugins, refused, composed }
}

type CompositionResult = { readonly composed: Composed } | { readonly composed: null; readonly reason: string }

function tryToCompose(
  compose: (plugins: readonly LoadedPlugin[]) => Composed,
  plugins: readonly LoadedPlugin[],
): CompositionResult {
  try {
    return { composed: compose(plugins) }
  } catch (error) {
    return { composed: null, reason: error instanceof Error ? error.message : String(error) }
  }
}
