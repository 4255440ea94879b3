import { WEIGHTS } from '../../declare/field-cost.ts'
import { objectGuard } from '../../permissions/guard.ts'
import { aggregateTypes } from '../../reads/aggregates/aggregate-type-names.ts'
import { GROUP_LIMITS, readAggregate } from '../../reads/aggregates/compile-aggregate.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { pluralWords } from '../descriptions.ts'
import { listArgs } from '../inputs/list-arguments.ts'
import type { InputField, OutputField, TypeStore } from '../types.ts'
import { groupArguments } from './aggregate-inputs.ts'
import { defineAggregateTypes } from './aggregate-types.ts'
import { conversionArguments } from './conversion-types.ts'

/** Returns the root query field that counts and adds up the records of an object, such as `accountAggregate`. */
export function aggregateField(store: TypeStore, object: ObjectType): OutputField {
  defineAggregateTypes(store, object)
  const types = aggregateTypes(object)
  const { filter, search, includeDeleted } = listArgs(store, object, { isRoot: true })
  const selection: Record<string, InputField | undefined> = { filter, search, includeDeleted }
  return {
    name: types.field,
    pluginId: object.pluginId,
    description: `Counts, sums and other values of the ${pluralWords(object)} that the caller may see, for all of them or in groups. It reads one statement, whatever the number of records. A field that the caller may not read on all of these records can't be used. Null with an error when the field fails, so that the other fields of the request still have their values.`,
    type: types.aggregate,
    list: 'no',
    isNullable: true,
    args: {
      ...Object.fromEntries(Object.entries(selection).flatMap(([name, arg]) => (arg ? [[name, arg]] : []))),
      ...groupArguments(store, object),
      ...conversionArguments(store, object),
      first: {
        type: 'Int',
        description: `At most this many groups: 0 to ${GROUP_LIMITS.max}. Default: ${GROUP_LIMITS.default}.`,
      },
    },
    guard: objectGuard(object, 'read', 'Aggregating'),
    read: readAggregate(object),
    cost: {
      weight: WEIGHTS.aggregate,
      size: { argument: 'first', default: GROUP_LIMITS.default, max: GROUP_LIMITS.max },
    },
  }
}
