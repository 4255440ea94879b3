/**
 * What a plugin is written with: the one entry that plugins import from, as `rapport/plugin`. Its version is
 * `PLUGIN_API_VERSION`; what is not exported here may change at any time.
 */

export { z } from 'zod'
export type { EnumTypes, ModelTypes } from '../generated/models.ts'
export { type AccessRule, type AccessRuleActor, defineAccessRule } from './platform/access/access-rule.ts'
export type { Permission } from './platform/access/permissions.ts'
export { and, join, or, type Sql, sql } from './platform/data/sql.ts'
export { countryCode } from './platform/formats/country.ts'
export { compareDecimals, sumDecimals } from './platform/formats/decimal.ts'
export { phoneNumber } from './platform/formats/phone-number.ts'
export { longText, text } from './platform/operations/column-input.ts'
export {
  type Act,
  defineAct,
  defineOperationRule,
  defineRule,
  type OperationRule,
  type PendingWrite,
  type RecordRule,
  type RuleAnswer,
  type TypedWrite,
  type Values,
} from './platform/operations/define.ts'
export type { InputValues } from './platform/operations/input-values.ts'
export {
  defineOperation,
  type Operation,
  type OperationAnswer,
  type OperationEnum,
  type OperationInputField,
  type OperationInputType,
  type OperationOutputType,
  type OperationPayloadField,
} from './platform/operations/operation.ts'
export {
  defineUserError,
  duplicate,
  invalid,
  notFound,
  ruleViolation,
  type UserError,
  type UserErrorDeclaration,
  under,
  userError,
} from './platform/operations/user-errors.ts'
export { badArgument } from './platform/plugins/failure.ts'
export { defineHandler, type HandledChange, type Handler } from './platform/plugins/handler.ts'
export { defineJob, type Job } from './platform/plugins/job.ts'
export {
  definePlugin,
  type PersonalData,
  PLUGIN_API_VERSION,
  type Plugin,
  type Seed,
  type SettingsDeclaration,
} from './platform/plugins/plugin.ts'
export type {
  ColumnsOf,
  ContextActor,
  ContextTransaction,
  EnqueueOptions,
  FindOptions,
  ManyOptions,
  PluginContext,
  Records,
  RecordUpsert,
  RecordValues,
  RecordWrite,
  UpsertOptions,
} from './platform/plugins/plugin-context.ts'
export {
  defineItem,
  defineObject,
  type InterfaceDeclaration,
  type ItemDeclaration,
  type ObjectDeclaration,
  type VariantDeclaration,
} from './platform/schema/declare.ts'
export type { RowReference, SourcePage } from './platform/schema/field-sql.ts'
export type {
  ComputedField,
  GroupField,
  ItemsField,
  ListField,
  ManyField,
  MoneyField,
  ReferenceField,
  ReferencesField,
  ResolvedField,
  SourceField,
} from './platform/schema/fields.ts'
export {
  type ConditionDeclaration,
  computed,
  condition,
  type FieldDeclaration,
  group,
  items,
  list,
  many,
  money,
  type RowsField,
  type RowType,
  reference,
  references,
  resolved,
  rows,
  source,
} from './platform/schema/fields.ts'
export { decodeRecordId, encodeId } from './platform/schema/ids.ts'
export { defineQuery, type Query } from './platform/schema/query.ts'
