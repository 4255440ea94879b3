import type { FieldGroup } from '../reads/collect.ts'
import type { OrderTerm } from '../reads/order/order.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { ExportField } from './export-fields.ts'
import type { ExportOrder } from './export-order.ts'

/** An order that is checked, with all that is needed to read its records. */
export interface ExportPlan {
  readonly order: ExportOrder
  readonly object: ObjectType
  /** Name of the object's root list, such as `accounts`. */
  readonly list: string
  readonly fields: readonly ExportField[]
  /** The selected fields, as in a document of a client. */
  readonly group: FieldGroup
  /** Arguments of the object's root list, coerced as those of a client. */
  readonly args: Readonly<Record<string, unknown>>
  readonly terms: readonly OrderTerm[]
}
