import type { ScalarDeclaration } from '../declare/scalar.ts'
import { CompositionError } from './composition-error.ts'
import { type DeclaredPlugins, requireDependency } from './declaring-plugins.ts'
import type { Field, RecordType } from './object-type.ts'

/** A scalar and the id of the plugin that declares it. */
export interface OwnedScalar {
  readonly pluginId: string
  readonly declaration: ScalarDeclaration
}

/** Returns the scalar of a plugin with this name; undefined if no plugin declares it. */
export function scalarNamed({ plugins }: DeclaredPlugins, name: string): OwnedScalar | undefined {
  for (const { id, scalars = [] } of plugins) {
    const declaration = scalars.find((scalar) => scalar.name === name)
    if (declaration) return { pluginId: id, declaration }
  }
  return undefined
}

/** Scalar of the platform that a column of texts can have. */
export const CURRENCY_CODE = 'CurrencyCode'

/**
 * Checks the scalar of a column that a type publishes.
 * @throws CompositionError when no plugin declares it, when it belongs to a plugin on which this plugin does not depend,
 * and when the column is not a text.
 */
export function checkColumnScalar(declared: DeclaredPlugins, type: RecordType, field: Field): void {
  const name = field.kind === 'column' ? field.options.scalar : undefined
  if (field.kind !== 'column' || name === undefined) return
  const place = `${type.name}.${field.name}`
  if (name !== CURRENCY_CODE) {
    const scalar = scalarNamed(declared, name)
    if (!scalar)
      throw new CompositionError(`${field.pluginId}: ${place} has the scalar ${name}, which no plugin declares.`)
    requireDependency(declared, field.pluginId, scalar.pluginId, `the scalar ${name} (${place})`)
  }
  if (field.column.type !== 'text' || field.column.isList)
    throw new CompositionError(
      `${field.pluginId}: ${place} has the scalar ${name}, and its column is not a text. Scalars are stored in columns of the type String.`,
    )
}
