import type { GraphQLSchema } from 'graphql'
import type { InterfaceDeclaration } from '../declare/objects/object.ts'
import { GUARDED_BY_PARENT, READABLE_WITH_RECORD } from '../permissions/guard.ts'
import type { Answer } from '../reads/reading.ts'
import { TYPE_NAME } from '../reads/reading.ts'
import { CompositionError } from '../registry/composition-error.ts'
import { CORE } from '../registry/declaring-plugins.ts'
import type { Registry } from '../registry/object-type.ts'
import { byResponseKey, createBuilder } from './builder.ts'
import { checkAccessRules } from './check/access-rules.ts'
import { checkGuards } from './check/guards.ts'
import { checkReferences } from './check/references.ts'
import { checkSchema } from './check/valid-schema.ts'
import { pluralWords } from './descriptions.ts'
import { defineMutations } from './mutations/define-mutations.ts'
import { definePluginErrors, defineUserErrors } from './mutations/user-error-types.ts'
import { claimType, ownedBy, startClaims } from './name-claims.ts'
import { defineObjectType, nodeInterface } from './outputs/objects.ts'
import { outputFields } from './outputs/output-fields.ts'
import { definePluginScalars } from './plugin-scalars.ts'
import { defineQueries } from './roots/queries.ts'
import { defineSubscriptions } from './roots/subscriptions.ts'
import { buildWithSchemaFields, defineSchemaFields } from './schema-fields/define-schema-fields.ts'
import { describeSchemaField } from './schema-fields/describe-field.ts'
import type { SchemaOwners } from './schema-fields/plugin-builder.ts'
import { defineEnum, defineInput, type OutputField, type TypeStore } from './types.ts'

/**
 * Returns the GraphQL schema of everything that core and the plugins declare.
 * @throws CompositionError when a plugin refers to a name that does not exist or that belongs to a plugin which it does
 * not depend on, when two plugins declare the same name, when a field has no guard (what it requires of the caller),
 * when an access rule returns a filter that the schema does not have, and when the schema is not valid in GraphQL.
 */
export function buildSchema(registry: Registry): GraphQLSchema {
  checkReferences(registry)
  const owners: SchemaOwners = { types: new Map(), fields: new Map(), platformTypes: new Set(['Subscription']) }
  const builder = createBuilder(
    registry.models,
    (config) => describeSchemaField(store, owners, config),
    (typeName) => owners.types.get(typeName)?.id,
  )
  const store: TypeStore = {
    builder,
    registry,
    claims: startClaims(registry),
    outputs: new Map(),
    inputs: new Map(),
    reads: new Map(),
  }
  definePluginScalars(store)
  defineSharedTypes(store)
  defineVariantEnums(store)
  for (const plugin of registry.plugins)
    for (const declared of plugin.interfaces ?? []) defineInterface(store, plugin.id, declared)
  for (const object of registry.objects.values()) defineObjectType(store, object)
  defineQueries(store)
  defineMutations(store)
  defineSubscriptions(store)
  defineSchemaFields(store, owners)
  const schema = toSchema(store, owners)
  checkGuards(schema)
  checkSchema(schema)
  checkAccessRules(registry, schema)
  return schema
}

/** Builds the schema. Errors of the libraries that build it, such as for a type that nobody defines, are wrapped. */
function toSchema(store: TypeStore, owners: SchemaOwners): GraphQLSchema {
  try {
    return buildWithSchemaFields(store, owners)
  } catch (error) {
    if (error instanceof CompositionError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new CompositionError(`The GraphQL schema can't be built: ${reason}`, { cause: error })
  }
}

function defineSharedTypes(store: TypeStore): void {
  const { builder } = store
  const node = builder.interfaceRef<Answer>('Node')
  store.outputs.set('Node', node)
  node.implement({
    description:
      'A record with a globally unique id. The query `node` returns every such record by its id, as in the Relay specification for global object identification.',
    resolveType: (answer) => String(Reflect.get(answer, TYPE_NAME)),
    fields: (t) => ({
      id: t.field({
        type: 'ID',
        description:
          'Id of the record, unique across all types: a prefix for its type and a time-ordered part, such as `account_01h455vb4pex5vsknk084sn02q`.',
        extensions: { guard: READABLE_WITH_RECORD },
        resolve: byResponseKey,
      }),
    }),
  })
  const pageInfo =
    'Whether there are records before and after this page of a list, and the cursors of the first and last record of the page. As in the Relay specification for connections.'
  defineOutput(store, 'PageInfo', pageInfo, [
    {
      name: 'hasNextPage',
      description: 'Whether there are records after this page.',
      type: 'Boolean',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
    {
      name: 'hasPreviousPage',
      description: 'Whether there are records before this page.',
      type: 'Boolean',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
    {
      name: 'startCursor',
      description:
        'Cursor of the first record of this page. Pass it as `before`, with `last`, to get the previous page. Null on an empty page.',
      type: 'String',
      list: 'no',
      isNullable: true,
      guard: GUARDED_BY_PARENT,
    },
    {
      name: 'endCursor',
      description:
        'Cursor of the last record of this page. Pass it as `after` to get the next page. Null on an empty page.',
      type: 'String',
      list: 'no',
      isNullable: true,
      guard: GUARDED_BY_PARENT,
    },
  ])
  defineOutput(store, 'Money', 'An amount of money.', [
    {
      name: 'amount',
      description: 'Exact amount in the main unit of the currency: `"12.50"` for 12 euros and 50 cents.',
      type: 'Decimal',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
    {
      name: 'currency',
      description: 'Currency of the amount.',
      type: 'CurrencyCode',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
  ])
  defineOutput(
    store,
    'FieldChange',
    'A field whose value a write changed, with its values before and after the write.',
    [
      {
        name: 'field',
        description: 'Name of the field as in inputs: `ownerId`, not `owner`.',
        type: 'String',
        list: 'no',
        isNullable: false,
        guard: GUARDED_BY_PARENT,
      },
      {
        name: 'from',
        description: 'Value before the write, in the form that inputs have; null when the field had no value.',
        type: 'JSON',
        list: 'no',
        isNullable: true,
        guard: GUARDED_BY_PARENT,
      },
      {
        name: 'to',
        description: 'Value after the write, in the form that inputs have; null when the field has no value.',
        type: 'JSON',
        list: 'no',
        isNullable: true,
        guard: GUARDED_BY_PARENT,
      },
    ],
  )
  defineUserErrors(store)
  definePluginErrors(store)
  defineInput(store, 'ChangeFilter', 'Conditions on changes; all of them have to hold.', () => ({
    types: { type: 'String', isList: true, description: 'Only changes of records of these types, such as `Account`.' },
    recordIds: { type: 'ID', isList: true, description: 'Only changes of the records with these ids.' },
    operations: {
      type: 'ChangeOperation',
      isList: true,
      description: 'Only changes with these operations, such as `CREATED`.',
    },
  }))
}

function defineOutput(store: TypeStore, name: string, description: string, fields: readonly OutputField[]): void {
  claimType(store.claims, name, CORE)
  const ref = store.builder.objectRef<Answer>(name)
  store.outputs.set(name, ref)
  ref.implement({ description, fields: (t) => outputFields(store, t, fields) })
}

/**
 * Defines an enum such as `InteractionKind` for the discriminator (the column that says which variant a record is) of
 * each abstract object. Discriminators with an enum in the model are left out. The others are texts, so that plugins
 * can add variants.
 */
function defineVariantEnums(store: TypeStore): void {
  for (const object of store.registry.objects.values()) {
    if (!object.discriminator || object.discriminator.enumName) continue
    const values = [...object.variants.values()].map((variant) => ({
      name: variant.kind,
      description: variant.description,
      pluginId: variant.pluginId,
    }))
    defineEnum(store, `${object.name}Kind`, `Kinds of ${pluralWords(object)}.`, values, object.pluginId)
  }
}

function defineInterface(store: TypeStore, pluginId: string, declaration: InterfaceDeclaration): void {
  claimType(store.claims, declaration.name, pluginId, declaration)
  const ref = store.builder.interfaceRef<Answer>(declaration.name)
  store.outputs.set(declaration.name, ref)
  ref.implement({
    ...ownedBy(store.registry, pluginId),
    description: declaration.description,
    interfaces: () => nodeInterface(store),
    resolveType: (answer) => String(Reflect.get(answer, TYPE_NAME)),
  })
}
