import type { FieldArguments } from '../../declare/objects/field-args.ts'
import { requireType } from '../name-claims.ts'
import type { InputField, TypeStore } from '../types.ts'

/**
 * Returns the arguments that a computed field, a source or a query declares.
 * @param place The field, for messages, such as `Account.balance`.
 * @throws CompositionError when the type of an argument belongs to a plugin on which this plugin does not depend.
 */
export function declaredArgs(
  store: TypeStore,
  pluginId: string,
  place: string,
  declared: FieldArguments = {},
): Record<string, InputField> {
  return Object.fromEntries(
    Object.entries(declared).map(([name, { type, description, isList, isRequired }]) => {
      requireType(store.claims, type, pluginId, `the argument ${name} of ${place}`)
      return [name, { type, description, isList: isList === true, isRequired: isRequired === true }]
    }),
  )
}
