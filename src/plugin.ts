/**
 * The plugin API: the module `rapport/plugin`, from which plugins import. Its version is `PLUGIN_API_VERSION`. Plugins
 * must not import other modules of Rapport, because the other modules may change at any time. Tests of plugins import
 * `rapport/plugin/testing`.
 */

export { z } from 'zod'
export type { EnumTypes, ModelTypes } from '../generated/models.ts'
export { and, join, or, type Sql, sql } from './platform/data/sql.ts'
export type { ConstraintDeclaration } from './platform/declare/constraint.ts'
export type { ContextTransaction, UnrestrictedAccess } from './platform/declare/context-sql.ts'
export { type DeliveredChange, defineHandler, type HandledChange, type Handler } from './platform/declare/handler.ts'
export { defineJob, type Job } from './platform/declare/job.ts'
export { defineMapping, type Mapping } from './platform/declare/mapping.ts'
export { mustSucceed, type Succeeded } from './platform/declare/must-succeed.ts'
export { longText, text } from './platform/declare/objects/column-input.ts'
export type { ArgumentValues, FieldArgument, FieldArguments } from './platform/declare/objects/field-args.ts'
export type { RowReference, SourcePage } from './platform/declare/objects/field-sql.ts'
export type {
  ComputedField,
  GroupField,
  ResolvedField,
  SourceField,
} from './platform/declare/objects/fields.ts'
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
} from './platform/declare/objects/fields.ts'
export { defineItem, type ItemDeclaration } from './platform/declare/objects/item.ts'
export type { MoneyField } from './platform/declare/objects/money-field.ts'
export {
  defineObject,
  type InterfaceDeclaration,
  type ObjectDeclaration,
  type VariantDeclaration,
} from './platform/declare/objects/object.ts'
export type {
  ItemsField,
  ListField,
  ManyField,
  ReferenceField,
  ReferencesField,
} from './platform/declare/objects/relation-fields.ts'
export type { RequestFacts } from './platform/declare/objects/request-facts.ts'
export { badArgument } from './platform/declare/pass-through-error.ts'
export type { Permission } from './platform/declare/permission.ts'
export {
  definePlugin,
  type PersonalData,
  PLUGIN_API_VERSION,
  type Plugin,
  type Seed,
  type SettingsDeclaration,
} from './platform/declare/plugin.ts'
export type {
  ContextActor,
  EnqueueOptions,
  MoneyAmount,
  PluginContext,
  SelectContext,
} from './platform/declare/plugin-context.ts'
export type { GeneratedTypes, PluginPrisma } from './platform/declare/plugin-prisma.ts'
export { defineQuery, type Query } from './platform/declare/query.ts'
export { decodeRecordId, encodeId } from './platform/declare/record-id.ts'
export type {
  ColumnsOf,
  FilterOf,
  InputOf,
  InsertOf,
  PatchOf,
  RecordOf,
  RecordValues,
} from './platform/declare/record-types.ts'
export type {
  FindOptions,
  ManyOptions,
  Records,
  RecordUpsert,
  RecordWrite,
  UpsertOptions,
} from './platform/declare/records.ts'
export type { RouteMethod, RouteRequest, RouteResponse, SentRequest } from './platform/declare/routes/request.ts'
export { defineRoute, type Route } from './platform/declare/routes/route.ts'
export type { Verification } from './platform/declare/routes/verification.ts'
export {
  type AccessRequest,
  type AccessRule,
  type AccessRuleActor,
  defineAccessRule,
  type TypedAccessRule,
} from './platform/declare/rules/access-rule.ts'
export { type Act, defineAct } from './platform/declare/rules/act.ts'
export type { InputValues } from './platform/declare/rules/input-values.ts'
export { defineOperation, type Operation, type OperationResult } from './platform/declare/rules/operation.ts'
export type { OperationInputField, OperationInputType } from './platform/declare/rules/operation-input.ts'
export type {
  OperationEnum,
  OperationOutputType,
  OperationPayloadField,
} from './platform/declare/rules/operation-output.ts'
export {
  defineOperationRule,
  defineRule,
  type OperationRule,
  type PendingWrite,
  type RecordRule,
  type RuleResult,
  type RuleResults,
  type TypedWrite,
} from './platform/declare/rules/rule.ts'
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
} from './platform/declare/rules/user-errors.ts'
export type { Values } from './platform/declare/rules/values.ts'
export { defineScalar, type ScalarDeclaration } from './platform/declare/scalar.ts'
export type {
  PluginScalars,
  PluginSchemaBuilder,
  PluginSchemaTypes,
  SchemaObjects,
} from './platform/declare/schema-builder.ts'
export type { SubscriptionFieldBuilder, SubscriptionOptions } from './platform/declare/subscription-field.ts'
export { countryCode } from './platform/formats/country.ts'
export {
  allocateDecimal,
  compareDecimals,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
  sumDecimals,
} from './platform/formats/decimal.ts'
export { allocateMoney, roundMoney } from './platform/formats/money.ts'
export { phoneNumber } from './platform/formats/phone-number.ts'
