import { type GraphQLField, getNamedType, isInputObjectType, isLeafType, isRequiredInputField } from 'graphql'
import type { WriteKind } from '../../declare/objects/object.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { Rule } from '../../declare/rules/rule.ts'
import type { Registry } from '../../registry/object-type.ts'
import { operationName } from '../../writes/input/writer.ts'
import { ruleTimings } from '../../writes/rules/rule-timings.ts'
import type { Finding } from './finding.ts'
import { type IsSelected, sampleDocument } from './samples/sample-documents.ts'
import { sampleIds } from './samples/sample-ids.ts'
import { type IdFor, sampleInput } from './samples/sample-inputs.ts'
import { sampleRows } from './samples/sample-rows.ts'
import { type ConformanceApp, failureIn } from './trial-app.ts'

const WRITES: readonly WriteKind[] = ['create', 'update', 'delete', 'restore']

/**
 * Runs sample writes for each rule of the plugin. Returns a problem for a rule that throws or exceeds its budget (the
 * time that it may take), and a note for a rule that no sample write runs. A rule may refuse a write.
 */
export async function ruleProblems(app: ConformanceApp, plugin: Plugin): Promise<Omit<Finding, 'check'>> {
  const rows = sampleRows(app.ownerPool, app.runtime.registry.models, app.workspaceId('acme'), app.adminId('acme'))
  const ids = await sampleIds(app.runtime.registry, rows)
  const problems = new Set<string>()
  for (const rule of plugin.rules ?? []) {
    for (const mutation of mutationsOf(app.runtime.registry, rule)) {
      const field = app.runtime.schema.getMutationType()?.getFields()[mutation]
      if (!field) continue
      const ruleObject = 'object' in rule ? app.runtime.registry.objects.get(rule.object) : null
      const idFor = ids.idFor(ruleObject ?? null)
      for (const input of sampleInputs(field, idFor)) {
        const { document, variables } = sampleDocument('mutation', field, idFor, input, selectsNothing)
        const response = await app.execute('admin', 'acme', document, variables)
        const failure = failureIn(response)
        if (failure !== null) problems.add(`${mutation}: ${failure}`)
        if (failure !== null || hasRun(rule)) break
      }
    }
  }
  const notes = (plugin.rules ?? [])
    .filter((rule) => !hasRun(rule))
    .map(({ name }) => `${name} was not run: no sample write triggers it`)
  return { problems: [...problems], notes }
}

/** The rules of a write run whatever is selected, and a field that fails is not their failure. */
const selectsNothing: IsSelected = () => false

function hasRun({ name }: Rule): boolean {
  return ruleTimings().some((timing) => timing.name === name)
}

/**
 * Yields inputs of a mutation. The first input has only the required fields. Each further input also sets one of the
 * optional scalar or enum fields, because a rule may do something only when a certain field is set.
 */
function* sampleInputs(
  field: GraphQLField<unknown, unknown>,
  ids: IdFor,
): Generator<Readonly<Record<string, unknown>>> {
  yield {}
  const type = field.args.find(({ name }) => name === 'input')?.type
  const namedType = type && getNamedType(type)
  if (!type || !isInputObjectType(namedType) || namedType.isOneOf) return
  const required = Object.entries(sampleInput(type, 'input', ids) ?? {})
  for (const inputField of Object.values(namedType.getFields()))
    if (isLeafType(getNamedType(inputField.type)) && !isRequiredInputField(inputField))
      yield {
        input: Object.fromEntries([...required, [inputField.name, sampleInput(inputField.type, inputField.name, ids)]]),
      }
}

function mutationsOf(registry: Registry, rule: Rule): string[] {
  if (!('object' in rule)) return [rule.operation]
  const object = registry.objects.get(rule.object)
  return rule.on.map((on) => (object && isWrite(on) ? operationName(object, on) : on))
}

function isWrite(on: string): on is WriteKind {
  return WRITES.some((write) => write === on)
}
