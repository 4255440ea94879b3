import type { GraphQLResolveInfo } from 'graphql'
import { type FieldCost, WEIGHTS } from '../../declare/field-cost.ts'
import type { Values } from '../../declare/rules/values.ts'
import { capital } from '../../formats/capital.ts'
import { auditMutation } from '../../log/audited-mutation.ts'
import { enforceGuard, GUARDED_INSIDE, objectGuard, type RootGuard } from '../../permissions/guard.ts'
import { actionOf } from '../../registry/acts.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { RequestContext } from '../../request/context.ts'
import { writerOf } from '../../writes/input/writer.ts'
import type { Payload } from '../../writes/mutate.ts'
import { withArticle } from '../article.ts'
import { pluralWords, words } from '../descriptions.ts'
import {
  actInputDescription,
  defineActInput,
  defineCreateInput,
  defineCreateManyInput,
  defineDeletionInput,
  defineUpdateInput,
} from '../inputs/write-inputs.ts'
import { claimRootField, ownedBy } from '../name-claims.ts'
import { inputType, type TypeStore } from '../types.ts'
import { defineOperationInput, defineOperationPayload, resolveOperation } from './operation-mutations.ts'
import { defineBulkPayload, definePayload } from './payloads.ts'
import {
  type MutationResolver,
  resolveAct,
  resolveCreate,
  resolveCreateMany,
  resolveDeletion,
  resolveUpdate,
} from './record-mutations.ts'

interface MutationField {
  readonly name: string
  readonly pluginId: string
  readonly description: string
  readonly deprecated?: string | undefined
  /** Name of the input type. */
  readonly input: string
  readonly inputDescription: string
  readonly payload: ReturnType<typeof definePayload>
  /** What the mutation requires of the caller. Checked before anything else happens. */
  readonly guard: RootGuard
  readonly isOperation?: true
  readonly resolve: MutationResolver
  /** Cost of the mutation. Default: `WEIGHTS.mutation` points. */
  readonly cost?: FieldCost
}

/**
 * Defines the fields of `Mutation`: the writes that objects declare, and the business acts and operations of plugins.
 */
export function defineMutations(store: TypeStore): void {
  const fields = new Map<string, MutationField>()
  const add = (field: MutationField) => void fields.set(field.name, field)
  for (const object of store.registry.objects.values())
    for (const field of objectMutations(store, object)) {
      claimRootField(store.claims, 'Mutation', field.name, field.pluginId)
      add(field)
    }
  for (const plugin of store.registry.plugins) {
    for (const act of plugin.acts ?? []) {
      claimRootField(store.claims, 'Mutation', act.name, plugin.id)
      const object = objectNamed(store.registry, act.object)
      add({
        name: act.name,
        pluginId: plugin.id,
        description: act.description,
        deprecated: act.deprecated,
        input: defineActInput(store, object, act, plugin.id),
        inputDescription: actInputDescription(object, act),
        payload: definePayload(store, object, `${capital(act.name)}Payload`, plugin.id),
        guard: objectGuard(object, actionOf(act), 'Changing'),
        resolve: resolveAct(object, { plugin, act }),
        ...costOf(act.cost),
      })
    }
    for (const operation of plugin.operations ?? []) {
      claimRootField(store.claims, 'Mutation', operation.name, plugin.id)
      add({
        name: operation.name,
        pluginId: plugin.id,
        description: operation.description,
        deprecated: operation.deprecated,
        input: defineOperationInput(store, plugin.id, operation),
        inputDescription: `Values for \`${operation.name}\`.`,
        payload: defineOperationPayload(store, plugin.id, operation),
        guard:
          operation.permission === null
            ? GUARDED_INSIDE
            : { kind: 'permission', permission: operation.permission, what: 'This' },
        isOperation: true,
        resolve: resolveOperation({ plugin, operation }),
        ...costOf(operation.cost),
      })
    }
  }
  store.builder.mutationType({
    description:
      'Writes of records. Each mutation is one transaction: its writes are committed together with their log and audit entries, or not at all. Problems that the caller can correct are in `userErrors` of the payload; other errors, such as a missing permission, are in `errors` of the response.',
    fields: (t) =>
      Object.fromEntries(
        [...fields.values()].map((field) => [
          field.name,
          t.field({
            extensions: {
              ...ownedBy(store.registry, field.pluginId).extensions,
              guard: field.guard,
              cost: field.cost ?? { weight: WEIGHTS.mutation },
            },
            type: field.payload,
            description: field.description,
            ...(field.deprecated === undefined ? {} : { deprecationReason: field.deprecated }),
            args: {
              input: t.arg({
                type: inputType(store, field.input, `${field.pluginId}: ${field.name}`),
                required: true,
                description: field.inputDescription,
              }),
            },
            resolve: (
              _root: unknown,
              args: { readonly input?: unknown },
              context: RequestContext,
              info: GraphQLResolveInfo,
            ): Promise<Payload> => resolveMutation(field, valuesOf(args.input), context, info),
          }),
        ]),
      ),
  })
}

function resolveMutation(
  { name, guard, isOperation, resolve }: MutationField,
  input: Values,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<Payload> {
  return auditMutation(context, { name, isOperation: isOperation === true }, input, (audited) => {
    enforceGuard(audited.actor, guard)
    return resolve(audited, input, info)
  })
}

function valuesOf(input: unknown): Values {
  return input !== null && typeof input === 'object' ? Object.fromEntries(Object.entries(input)) : {}
}

function costOf(cost: number | undefined): Pick<MutationField, 'cost'> {
  return cost === undefined ? {} : { cost: { weight: cost } }
}

function objectMutations(store: TypeStore, object: ObjectType): MutationField[] {
  const writer = writerOf(store.registry, object)
  const { name, pluginId } = object
  const noun = words(name)
  const fields: MutationField[] = []
  const payload = (mutation: string) => definePayload(store, object, `${capital(mutation)}Payload`)
  if (object.writes.has('create')) {
    const verb = object.discriminator ? 'Log' : 'Create'
    const input = defineCreateInput(store, writer, verb)
    const one = `${verb.toLowerCase()}${name}`
    fields.push({
      name: one,
      pluginId,
      description: `Creates ${withArticle(noun)}: ${definitionOf(object)}`,
      input,
      inputDescription: `Values of the new ${noun}.`,
      payload: payload(one),
      guard: objectGuard(object, 'create', 'Creating'),
      resolve: resolveCreate(object),
    })
    const plural = capital(object.plural ?? `${name}s`)
    const many = `${verb.toLowerCase()}${plural}`
    fields.push({
      name: many,
      pluginId,
      description: `Creates several ${pluralWords(object)} in one transaction.`,
      input: defineCreateManyInput(store, object, verb, plural, input),
      inputDescription: `The ${pluralWords(object)} to create.`,
      payload: defineBulkPayload(store, object, `${capital(many)}Payload`),
      guard: objectGuard(object, 'create', 'Creating'),
      resolve: resolveCreateMany(object),
      cost: { weight: WEIGHTS.mutation, perElementOf: 'input.records' },
    })
  }
  if (object.writes.has('update')) {
    const update = `update${name}`
    fields.push({
      name: update,
      pluginId,
      description: `Updates ${withArticle(noun)}: the fields that the input contains. Other fields keep their values.`,
      input: defineUpdateInput(store, writer),
      inputDescription: `The ${noun} and its new values.`,
      payload: payload(update),
      guard: objectGuard(object, 'update', 'Updating'),
      resolve: resolveUpdate(object),
    })
  }
  if (object.writes.has('delete')) {
    const remove = `delete${name}`
    const canRestore = object.writes.has('restore') ? ', and it can be restored' : ''
    const description = `Soft-deletes ${withArticle(noun)}: lists no longer include it${canRestore}.`
    fields.push({
      name: remove,
      pluginId,
      description,
      input: defineDeletionInput(store, object, 'Delete'),
      inputDescription: `The ${noun} to delete.`,
      payload: payload(remove),
      guard: objectGuard(object, 'delete', 'Deleting'),
      resolve: resolveDeletion(object, true),
    })
  }
  if (object.writes.has('restore')) {
    const restore = `restore${name}`
    const description = `Restores a soft-deleted ${noun}: lists include it again.`
    fields.push({
      name: restore,
      pluginId,
      description,
      input: defineDeletionInput(store, object, 'Restore'),
      inputDescription: `The ${noun} to restore.`,
      payload: payload(restore),
      guard: objectGuard(object, 'delete', 'Restoring'),
      resolve: resolveDeletion(object, false),
    })
  }
  return fields
}

/** Returns the first sentence of the object's description, in lower case, as the second half of another sentence. */
function definitionOf({ description }: ObjectType): string {
  const [sentence = ''] = description.replaceAll(/\s+/g, ' ').split(/(?<=\.) (?=[A-Z])/)
  return /^[A-Z](?![A-Z])/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence
}
