import type { ConstraintDeclaration } from '../declare/constraint.ts'
import type { Plugin } from '../declare/plugin.ts'
import { CompositionError } from './composition-error.ts'
import type { Registry } from './object-type.ts'

/** Returns what a plugin declares about a constraint or unique index of its tables; undefined if it declares nothing. */
export function constraintNamed({ plugins }: Registry, name: string): ConstraintDeclaration | undefined {
  for (const { constraints } of plugins) if (constraints && Object.hasOwn(constraints, name)) return constraints[name]
  return undefined
}

/**
 * Checks the constraints that a plugin declares.
 * @throws CompositionError for the name of a constraint that can't be the plugin's, and for an error type that the
 * plugin does not declare or that has required fields.
 */
export function checkConstraints({ id, constraints = {}, errors = [] }: Plugin): void {
  for (const [name, { error }] of Object.entries(constraints)) {
    if (!name.startsWith(`${id}_`))
      throw new CompositionError(
        `${id}: \`constraints\` names ${name}, which is not the plugin's own: its names start with ${id}_.`,
      )
    if (!error) continue
    if (!errors.some((declared) => declared.name === error.name))
      throw new CompositionError(
        `${id}: the constraint ${name} has the error ${error.name}, which is not among the plugin's \`errors\`. Add it.`,
      )
    const required = Object.entries(error.fields ?? {}).find(([, field]) => field.isNullable !== true)
    if (required)
      throw new CompositionError(
        `${id}: the constraint ${name} has the error ${error.name}, whose field ${required[0]} is required, and a constraint has no value for it. Make it nullable.`,
      )
  }
}
