import { appendLog } from '../../operations/log.ts'
import { mutate, type Payload } from '../../operations/mutate.ts'
import type { Operation, OperationInputField, OperationPayloadField } from '../../operations/operation.ts'
import type { Answer, SchemaTypes } from '../builder.ts'
import type { MutationResolver } from './mutations.ts'
import { userErrorRef } from './payloads.ts'
import {
  defineEnum,
  defineInput,
  type InputField,
  type OutputTypeRef,
  outputType,
  type ScalarName,
  type TypeStore,
} from './types.ts'

/** Input of an operation: the type `<Operation>Input` with everything it holds. */
export function defineOperationInput(store: TypeStore, { name, description, input }: Operation): string {
  const inputName = `${capital(name)}Input`
  defineInput(store, inputName, description, () => inputFields(store, input))
  return inputName
}

function inputFields(
  store: TypeStore,
  fields: Readonly<Record<string, OperationInputField>>,
): Record<string, InputField> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { type, ...field }]) => {
      if (typeof type === 'string') return [name, { ...field, type }]
      defineInput(store, type.name, type.description, () => inputFields(store, type.fields))
      return [name, { ...field, type: type.name }]
    }),
  )
}

/** Payload of an operation: its own fields and `userErrors`. */
export function defineOperationPayload(store: TypeStore, { name, payload }: Operation) {
  return store.builder.objectRef<Payload>(`${capital(name)}Payload`).implement({
    description: `What \`${name}\` did, or what has to be mended.`,
    fields: (t) => ({
      ...payloadFields(store, t, payload, (answer: Payload, field) => answer.values?.[field]),
      userErrors: t.field({
        type: [userErrorRef(store)],
        description: 'What the caller can mend; empty when it was done.',
        resolve: (answer) => answer.userErrors,
      }),
    }),
  })
}

type FieldBuilder<Parent> = PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Parent>

function payloadFields<Parent>(
  store: TypeStore,
  t: FieldBuilder<Parent>,
  fields: Readonly<Record<string, OperationPayloadField>>,
  read: (parent: Parent, field: string) => unknown,
) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, declared]) => {
      const type = payloadType(store, declared)
      const options = { description: declared.description, nullable: declared.isNullable ?? false }
      if (declared.isList)
        return [name, t.field({ ...options, type: [type], resolve: (parent: Parent) => listOf(read(parent, name)) })]
      return [name, t.field({ ...options, type, resolve: (parent: Parent) => read(parent, name) })]
    }),
  )
}

function payloadType(store: TypeStore, { type }: OperationPayloadField): OutputTypeRef | ScalarName {
  if (typeof type === 'string') return outputType(store, type)
  const made = store.outputs.get(type.name)
  if (made) return made
  if ('values' in type) {
    return defineEnum(
      store,
      type.name,
      type.description,
      Object.entries(type.values).map(([name, description]) => ({ name, description })),
    )
  }
  const ref = store.builder.objectRef<Answer>(type.name)
  store.outputs.set(type.name, ref)
  return ref.implement({
    description: type.description,
    fields: (t) => payloadFields(store, t, type.fields, (answer: Answer, field) => answer[field]),
  })
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Runs the operation in the one transaction of its mutation. */
export function resolveOperation(operation: Operation): MutationResolver {
  return (context, input, info) =>
    mutate(context, String(info.path.key), async (work) => {
      const { values, userErrors } = await operation.run(work, input)
      if (work.log.length > 0) await appendLog(work)
      return { records: {}, values, userErrors }
    })
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
