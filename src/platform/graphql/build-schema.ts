import type { GraphQLSchema } from 'graphql'
import type { InterfaceDeclaration } from '../declare/objects/object.ts'
import { GUARDED_BY_PARENT, READABLE_WITH_RECORD } from '../permissions/guard.ts'
import type { Answer } from '../reads/reading.ts'
import { TYPE_NAME } from '../reads/reading.ts'
import { CORE } from '../registry/declaring-plugins.ts'
import type { Registry } from '../registry/object-type.ts'
import { byResponseKey, createBuilder } from './builder.ts'
import { checkGuards } from './check/guards.ts'
import { checkReferences } from './check/references.ts'
import { defineMutations } from './mutations/define-mutations.ts'
import { definePluginErrors, defineUserErrors } from './mutations/user-error-types.ts'
import { claimType, ownedBy, startClaims } from './name-claims.ts'
import { defineObjectType, nodeInterface } from './outputs/objects.ts'
import { outputFields } from './outputs/output-fields.ts'
import { defineQueries } from './roots/queries.ts'
import { defineSubscriptions } from './roots/subscriptions.ts'
import { defineEnum, defineInput, type OutputField, type TypeStore } from './types.ts'

/**
 * The GraphQL schema of everything the plugins declare.
 * @throws CompositionError where they refer to what is not theirs to refer to, or make the same name.
 */
export function buildSchema(registry: Registry): GraphQLSchema {
  checkReferences(registry)
  const builder = createBuilder()
  const store: TypeStore = {
    builder,
    registry,
    claims: startClaims(registry),
    outputs: new Map(),
    inputs: new Map(),
    reads: new Map(),
  }
  defineSharedTypes(store)
  defineKinds(store)
  for (const plugin of registry.plugins)
    for (const declared of plugin.interfaces ?? []) defineInterface(store, plugin.id, declared)
  for (const object of registry.objects.values()) defineObjectType(store, object)
  defineQueries(store)
  defineMutations(store)
  defineSubscriptions(store)
  const schema = builder.toSchema()
  checkGuards(schema)
  return schema
}

function defineSharedTypes(store: TypeStore): void {
  const { builder } = store
  const node = builder.interfaceRef<Answer>('Node')
  store.outputs.set('Node', node)
  node.implement({
    description: 'Anything with a globally unique id (Relay, Global Object Identification).',
    resolveType: (answer) => String(Reflect.get(answer, TYPE_NAME)),
    fields: (t) => ({
      id: t.field({
        type: 'ID',
        description: 'Globally unique id: the type and a time-ordered uuid.',
        extensions: { guard: READABLE_WITH_RECORD },
        resolve: byResponseKey,
      }),
    }),
  })
  defineAnswer(store, 'PageInfo', 'Whether more pages follow, and from where (Relay, Connections).', [
    {
      name: 'hasNextPage',
      description: 'Whether records follow the page.',
      type: 'Boolean',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
    {
      name: 'hasPreviousPage',
      description: 'Whether records precede the page.',
      type: 'Boolean',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
    {
      name: 'startCursor',
      description: 'Cursor of the first record; null on an empty page.',
      type: 'String',
      list: 'no',
      isNullable: true,
      guard: GUARDED_BY_PARENT,
    },
    {
      name: 'endCursor',
      description: 'Cursor of the last record; null on an empty page.',
      type: 'String',
      list: 'no',
      isNullable: true,
      guard: GUARDED_BY_PARENT,
    },
  ])
  defineAnswer(store, 'Money', 'An amount of money.', [
    {
      name: 'amount',
      description: 'The amount, exact.',
      type: 'Decimal',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
    {
      name: 'currency',
      description: 'Its currency.',
      type: 'CurrencyCode',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
  ])
  defineAnswer(store, 'FieldChange', 'A field whose value a write changed.', [
    {
      name: 'field',
      description: 'Input field.',
      type: 'String',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
    {
      name: 'from',
      description: 'Value before.',
      type: 'JSON',
      list: 'no',
      isNullable: true,
      guard: GUARDED_BY_PARENT,
    },
    { name: 'to', description: 'Value after.', type: 'JSON', list: 'no', isNullable: true, guard: GUARDED_BY_PARENT },
  ])
  defineUserErrors(store)
  definePluginErrors(store)
  defineInput(store, 'ChangeFilter', 'Which changes; all conditions have to hold.', () => ({
    types: { type: 'String', isList: true, description: 'Changes of records of these types, such as `Account`.' },
    recordIds: { type: 'ID', isList: true, description: 'Changes of these records.' },
    operations: { type: 'ChangeOperation', isList: true, description: 'Changes of these operations.' },
  }))
}

function defineAnswer(store: TypeStore, name: string, description: string, fields: readonly OutputField[]): void {
  claimType(store.claims, name, CORE)
  const ref = store.builder.objectRef<Answer>(name)
  store.outputs.set(name, ref)
  ref.implement({ description, fields: (t) => outputFields(store, t, fields) })
}

/** Enum of an abstract object's kinds, where the model has none: plugins add kinds. */
function defineKinds(store: TypeStore): void {
  for (const object of store.registry.objects.values()) {
    if (!object.discriminator || object.discriminator.enumName) continue
    const values = [...object.variants.values()].map((variant) => ({
      name: variant.kind,
      description: variant.description,
      pluginId: variant.pluginId,
    }))
    defineEnum(store, `${object.name}Kind`, `Kinds of ${object.name}.`, values, object.pluginId)
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
