import type { FieldArguments } from '../../declare/objects/field-args.ts'
import type { OperationInputField, OperationInputType } from '../../declare/rules/operation-input.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import { usedBothWays } from '../mutations/payload-types.ts'
import { claimType, requireType } from '../name-claims.ts'
import { defineInput, type InputField, type TypeStore } from '../types.ts'

/**
 * Returns the name of the type of a declared argument, input field or condition. Defines the type when `type` is its
 * declaration and not a name.
 * @param place The argument or field, for messages.
 * @throws CompositionError when the type belongs to a plugin on which this plugin does not depend.
 */
export function declaredInputType(
  store: TypeStore,
  pluginId: string,
  place: string,
  type: string | OperationInputType,
): string {
  if (typeof type === 'string') {
    requireType(store.claims, type, pluginId, place)
    return type
  }
  claimType(store.claims, type.name, pluginId, type)
  if (store.outputs.has(type.name)) throw usedBothWays(pluginId, type.name)
  if (type.isOneOf) requireOptionalFields(pluginId, type)
  defineInput(store, type.name, type.description, () => declaredInputFields(store, pluginId, type.fields), {
    pluginId,
    ...(type.isOneOf ? { isOneOf: true } : {}),
  })
  return type.name
}

/** @throws CompositionError when a field of an input type, of which clients send exactly one field, is required. */
function requireOptionalFields(pluginId: string, { name, fields }: OperationInputType): void {
  for (const [field, { isRequired, defaultValue }] of Object.entries(fields))
    if (isRequired || defaultValue !== undefined)
      throw new CompositionError(
        `${pluginId}: ${name}.${field} is required or has a default, but clients send exactly one field of ${name} (isOneOf). Remove isRequired and defaultValue.`,
      )
}

/** Returns the fields of an input type that a plugin declares. */
export function declaredInputFields(
  store: TypeStore,
  pluginId: string,
  fields: Readonly<Record<string, OperationInputField>>,
): Record<string, InputField> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { type, ...field }]) => [
      name,
      { ...field, type: declaredInputType(store, pluginId, `input ${name}`, type) },
    ]),
  )
}

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
    Object.entries(declared).map(([name, { type, description, isList, isRequired }]) => [
      name,
      {
        type: declaredInputType(store, pluginId, `the argument ${name} of ${place}`, type),
        description,
        isList: isList === true,
        isRequired: isRequired === true,
      },
    ]),
  )
}
