import type { Plugin } from '../declare/plugin.ts'
import type { Act } from '../declare/rules/act.ts'
import type { Operation } from '../declare/rules/operation.ts'
import type { Registry } from './object-type.ts'

/** A business act and the plugin that brought it. */
export interface OwnedAct {
  readonly plugin: Plugin
  readonly act: Act
}

/** An operation and the plugin that brought it. */
export interface OwnedOperation {
  readonly plugin: Plugin
  readonly operation: Operation
}

/** The action whose permission an act needs: its own, or `update`. */
export function actionOf({ action = 'update' }: Act): string {
  return action
}

/** The act of that name, or null. */
export function actNamed(registry: Registry, name: string): OwnedAct | null {
  for (const plugin of registry.plugins) {
    const act = plugin.acts?.find((each) => each.name === name)
    if (act) return { plugin, act }
  }
  return null
}
