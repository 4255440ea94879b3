import type { Plugin } from '../../declare/plugin.ts'
import type { PluginSchemaBuilder, Withheld } from '../../declare/schema-builder.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import { isName } from '../name-claims.ts'
import type { TypeStore } from '../types.ts'
import { defineSubscriptionField } from './subscription-field.ts'

/** Which plugin adds a type or field by its `schema`: by the type's name, and by `Type.field`. */
export interface SchemaOwners {
  readonly types: Map<string, Plugin>
  readonly fields: Map<string, Plugin>
  /** Names of types whose fields the platform defines for plugins: `Subscription`, and the types of its events. */
  readonly platformTypes: Set<string>
}

/** Members of Pothos' builder that a plugin does not get, with what to use instead. */
const WITHHELD = {
  mutationType: 'Declare a mutation by `defineOperation` or `defineAct`: it then has rules, the log and the audit.',
  mutationField: 'Declare a mutation by `defineOperation` or `defineAct`: it then has rules, the log and the audit.',
  mutationFields: 'Declare a mutation by `defineOperation` or `defineAct`: it then has rules, the log and the audit.',
  queryType: 'Add root fields by `queryField`.',
  subscriptionType: 'Add root fields by `subscriptionField`.',
  subscriptionFields: 'Add each field by `subscriptionField`.',
  prismaObject: 'Declare an object by `defineObject`: it then has permissions, filters and pages.',
  prismaNode: 'Declare an object by `defineObject`: it then has permissions, filters and pages.',
  prismaInterface: 'Declare an object by `defineObject`: it then has permissions, filters and pages.',
  prismaInterfaceField: 'Add the field to each object, by `prismaObjectField`.',
  prismaInterfaceFields: 'Add the fields to each object, by `prismaObjectFields`.',
  toSchema: 'The platform builds the schema.',
} as const satisfies Readonly<Record<Withheld, string>>

const isWithheld = (name: string | symbol): name is Withheld => Object.hasOwn(WITHHELD, name)

/** Functions that add one field, with the type from their arguments. */
const ONE_FIELD: Readonly<Record<string, (args: readonly unknown[]) => string>> = {
  queryField: ([name]) => `Query.${String(name)}`,
  subscriptionField: ([name]) => `Subscription.${String(name)}`,
  prismaObjectField: ([ref, name]) => `${nameOf(ref)}.${String(name)}`,
  objectField: ([ref, name]) => `${nameOf(ref)}.${String(name)}`,
  interfaceField: ([ref, name]) => `${nameOf(ref)}.${String(name)}`,
}

/** Functions that add several fields, which their last argument returns. */
const MANY_FIELDS: Readonly<Record<string, (args: readonly unknown[]) => string>> = {
  queryFields: () => 'Query',
  prismaObjectFields: ([ref]) => nameOf(ref),
  objectFields: ([ref]) => nameOf(ref),
  interfaceFields: ([ref]) => nameOf(ref),
}

/**
 * Returns the builder that a plugin's `schema` gets: the builder of the whole schema, without the members that only the
 * platform uses, and with a `subscriptionField` of the platform's own. It notes which types and fields the plugin adds.
 * @throws CompositionError (its functions) for a member that a plugin does not get.
 */
export function pluginBuilder(store: TypeStore, plugin: Plugin, owners: SchemaOwners): PluginSchemaBuilder {
  const { builder } = store
  const own = (coordinate: string) => {
    if (!isName(coordinate.slice(coordinate.indexOf('.') + 1)))
      throw new CompositionError(
        `${plugin.id}: ${coordinate} is not a valid name, or GraphQL reserves it. Rename the field.`,
      )
    const owner = owners.fields.get(coordinate)
    if (owner)
      throw new CompositionError(
        `${coordinate} is declared by both ${owner.id} and ${plugin.id}. Rename it in ${plugin.id}.`,
      )
    owners.fields.set(coordinate, plugin)
  }
  return new Proxy<PluginSchemaBuilder>(Object.create(null), {
    get(_, name) {
      if (isWithheld(name))
        throw new CompositionError(
          `${plugin.id}: \`schema\` uses builder.${name}, which plugins do not get. ${WITHHELD[name]}`,
        )
      const member: unknown =
        name === 'subscriptionField'
          ? defineSubscriptionField.bind(null, store, plugin, owners.platformTypes)
          : Reflect.get(builder, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        requireReference(plugin, String(name), args)
        const coordinate = ONE_FIELD[String(name)]?.(args)
        if (coordinate !== undefined) own(coordinate)
        const typeName = MANY_FIELDS[String(name)]?.(args)
        const last = args.at(-1)
        if (typeName !== undefined && typeof last === 'function')
          args[args.length - 1] = (t: unknown) => {
            const fields: unknown = runForPlugin(plugin, () => last(t))
            for (const field of Object.keys(Object(fields))) own(`${typeName}.${field}`)
            return fields
          }
        else if (coordinate !== undefined && typeof last === 'function')
          args[args.length - 1] = (t: unknown) => runForPlugin(plugin, () => last(t))
        return Reflect.apply(member, builder, args)
      }
    },
  })
}

/** Functions whose first argument is the type to which they add fields. */
const ADDS_TO_TYPE: ReadonlySet<string> = new Set([
  'prismaObjectField',
  'prismaObjectFields',
  'objectField',
  'objectFields',
  'interfaceField',
  'interfaceFields',
])

/** Throws CompositionError when the type to which fields are added is named by a string. */
function requireReference(plugin: Plugin, name: string, [type]: readonly unknown[]): void {
  if (typeof type !== 'string' || !ADDS_TO_TYPE.has(name)) return
  throw new CompositionError(
    `${plugin.id}: \`schema\` adds fields to '${type}' by its name, so that \`resolve\` seems to get columns that nothing has selected. Use objects.${type}, the second argument of \`schema\`, or the reference that the builder has returned.`,
  )
}

/** Runs code of a plugin's `schema`, and names the plugin in what it throws. */
export function runForPlugin<Result>(plugin: Plugin, run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    if (error instanceof CompositionError) throw error
    throw new CompositionError(
      `${plugin.id}: its \`schema\` failed: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function nameOf(ref: unknown): string {
  if (typeof ref === 'string') return ref
  const name: unknown = ref !== null && typeof ref === 'object' ? Reflect.get(ref, 'name') : undefined
  return String(name)
}
