import type { z } from 'zod'
import type { Handler } from './handler.ts'
import type { Job } from './job.ts'
import type { ConditionDeclaration, FieldDeclaration } from './objects/fields.ts'
import type { InterfaceDeclaration, ObjectDeclaration, VariantDeclaration, View } from './objects/object.ts'
import type { Permission } from './permission.ts'
import type { PluginContext } from './plugin-context.ts'
import type { Query } from './query.ts'
import type { AccessRule } from './rules/access-rule.ts'
import type { Act } from './rules/act.ts'
import type { Operation } from './rules/operation.ts'
import type { Rule } from './rules/rule.ts'
import type { UserErrorDeclaration } from './rules/user-errors.ts'

/**
 * A part of the product as one literal: who it is, what it wants, and what it adds. Core's own parts are written with the
 * same call as those that somebody else publishes. Nothing in it runs until an app is built with it.
 */
export interface Plugin {
  /**
   * 2 to 30 lower-case letters and digits, the first a letter. Its tables are called `<id>_…`, its rules, jobs and handlers
   * `<id>.…`. Never change one that was published.
   */
  readonly id: string
  /** One sentence on what it adds. */
  readonly description: string
  /** A part of the product itself: always on, and not held to what it declares. Refused in any other plugin. */
  readonly isCore?: true
  /** Semantic version of the plugin. */
  readonly version: string
  /** Range of the plugin API it is written for, such as `^1.0.0`: a version of its own, apart from Rapport's. */
  readonly api: string
  /** Plugins it builds on, each with the range of versions. They are enabled before it and removed after it. */
  readonly depends?: Readonly<Record<string, string>>
  /** Plugins that it can't live with, each with the range of versions. */
  readonly conflicts?: Readonly<Record<string, string>>
  /**
   * What its code may do through `records`, at most: a write or read that a request causes is allowed where both the
   * caller and this list allow it; what nobody asked for, such as a job, where this list does. An operator sees the list
   * before installing.
   */
  readonly permissions?: readonly Permission[]
  /**
   * Tables of core or of plugins in `depends` that its own SQL reads, whatever the caller may see. An operator sees the
   * list before installing. Writing to a table that is not its own is refused.
   */
  readonly reads?: readonly string[]
  readonly settings?: SettingsDeclaration
  /** What its tables hold about people; empty when they hold nothing. `rapport plugin check` looks for what is missing. */
  readonly personalData?: readonly PersonalData[]

  readonly objects?: readonly ObjectDeclaration[]
  /** Kinds of abstract objects, its own or another's, such as an interaction kind. */
  readonly variants?: readonly VariantDeclaration[]
  readonly views?: readonly View[]
  readonly interfaces?: readonly InterfaceDeclaration[]
  /** Objects of its own that another's interface can stand for, by interface: `{ Party: ['Household'] }`. */
  readonly implement?: Readonly<Record<string, readonly string[]>>
  /** Fields on objects of others, by object: of core, or of a plugin in `depends`. */
  readonly extend?: Readonly<Record<string, Readonly<Record<string, FieldDeclaration>>>>
  /** Conditions in the filters of objects, by object and name: for lists, live changes and segments alike. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, ConditionDeclaration>>>>
  /** Types of errors that its rules and operations answer, each a GraphQL type that implements `UserError`. */
  readonly errors?: readonly UserErrorDeclaration[]
  /** Root query fields that are more than one record or a list of an object. */
  readonly queries?: readonly Query[]
  readonly rules?: readonly Rule[]
  /** Restrictions on which records may be reached, its own objects' and others'. */
  readonly accessRules?: readonly AccessRule[]
  readonly acts?: readonly Act[]
  readonly operations?: readonly Operation[]
  /** What it does about committed changes, at least once each and in order. */
  readonly handlers?: readonly Handler[]
  /** Work in the background, on a schedule or asked for. */
  readonly jobs?: readonly Job[]
  /** What a workspace needs to begin with. Run when the plugin is enabled or upgraded there, each once. */
  readonly seeds?: readonly Seed[]
}

/** Settings of a plugin: what an operator sets once, and what each workspace's administrator sets. */
export interface SettingsDeclaration {
  /** For the whole installation, set by the operator with `rapport plugin set`. */
  readonly installation?: z.ZodObject
  /** For one workspace, set by its administrator with `updatePluginSettings`. Every field has a default or is optional. */
  readonly workspace?: z.ZodObject
  /** Names of secrets of a workspace, such as an access key, with what each is for. Written by the API, never read by it. */
  readonly secrets?: Readonly<Record<string, string>>
}

/** Columns of a plugin's model that say something about a person. */
export interface PersonalData {
  readonly model: string
  /** Relation of the model that leads to the person, such as `contact`. */
  readonly subject: string
  /** Columns that hold it, by the model's field names. Each is named: one that is added later has to be thought of. */
  readonly columns: readonly string[]
  /** What it is kept for. */
  readonly purpose: string
}

/** Something a workspace needs to begin with. */
export interface Seed {
  /** Never change one that was published: a workspace that has it does not get it again. */
  readonly name: string
  readonly description: string
  /** Writes through `records`, in one transaction. It may find that somebody has made the same by hand. */
  run(context: PluginContext): Promise<void>
}

/** Version of the plugin API, which `api` of a plugin is a range of. Semantic: what breaks a plugin raises the major. */
export const PLUGIN_API_VERSION = '1.0.0'

/** Declares a plugin. The literal is checked by the compiler here, and against everything else when it is composed. */
export function definePlugin<const Declared extends Plugin>(plugin: Declared): Declared {
  return plugin
}
