import type { Plugin } from '../declare/plugin.ts'
import type { Act } from '../declare/rules/act.ts'
import type { Operation } from '../declare/rules/operation.ts'
import { capital } from '../formats/capital.ts'
import type { Registry } from './object-type.ts'

/** A business act and the plugin that declares it. */
export interface OwnedAct {
  readonly plugin: Plugin
  readonly act: Act
}

/** An operation and the plugin that declares it. */
export interface OwnedOperation {
  readonly plugin: Plugin
  readonly operation: Operation
}

/** Returns the action of the permission that a business act needs: the action that the act declares, or `update`. */
export function actionOf({ action = 'update' }: Act): string {
  return action
}

/** Returns the name of the GraphQL input type of a business act. */
export function actInputName(act: string): string {
  return `${capital(act)}Input`
}

/** Returns the business act with this name, or null when no plugin declares it. */
export function actNamed(registry: Registry, name: string): OwnedAct | null {
  for (const plugin of registry.plugins) {
    const act = plugin.acts?.find((candidate) => candidate.name === name)
    if (act) return { plugin, act }
  }
  return null
}

/** Returns the operation with this name, or null when no plugin declares it. */
export function operationNamed(registry: Registry, name: string): OwnedOperation | null {
  for (const plugin of registry.plugins) {
    const operation = plugin.operations?.find((candidate) => candidate.name === name)
    if (operation) return { plugin, operation }
  }
  return null
}
