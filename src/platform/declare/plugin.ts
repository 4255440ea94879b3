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
 * A plugin as one object literal: its identity, its requirements and what it adds. Core's modules are declared in the
 * same way. None of its functions run until an app is started with it.
 */
export interface Plugin {
  /**
   * 2 to 30 lower-case letters and digits, the first a letter. The plugin's tables are named `<id>_…`, its rules, jobs
   * and handlers `<id>.…`. Never change the id of a published plugin.
   */
  readonly id: string
  /** One sentence about what the plugin adds. */
  readonly description: string
  /** Marks a module of core: always in use, without limits on its code. Not allowed in any other plugin. */
  readonly isCore?: true
  /** Semantic version of the plugin, such as `1.2.0`. */
  readonly version: string
  /** Range of plugin API versions that the plugin is written for, such as `^1.0.0`; see `PLUGIN_API_VERSION`. */
  readonly api: string
  /**
   * Plugins that this one needs, each id with a range of versions: `{ contacts: '^1.0.0' }`. They are enabled before it
   * and removed after it.
   */
  readonly depends?: Readonly<Record<string, string>>
  /** Plugins that can't be installed together with this one, each id with a range of versions. */
  readonly conflicts?: Readonly<Record<string, string>>
  /**
   * Permissions that bound what the plugin's code may do through `records`. In a request a call needs the permission of
   * both the caller and this list; in handlers, jobs and seeds this list alone decides. Default: none. The operator
   * sees the list before the plugin is installed.
   */
  readonly permissions?: readonly Permission[]
  /**
   * Tables of core, or of plugins under `depends`, that the plugin's own SQL reads, including rows that are not visible
   * to the caller. The operator sees the list before the plugin is installed. SQL can never write to tables of others.
   */
  readonly reads?: readonly string[]
  readonly settings?: SettingsDeclaration
  /**
   * Columns with data about people; an empty list says that there are none. `rapport plugin check` looks for columns
   * that are missing.
   */
  readonly personalData?: readonly PersonalData[]

  readonly objects?: readonly ObjectDeclaration[]
  /** Variants of abstract objects of this or another plugin, such as a kind of interaction. */
  readonly variants?: readonly VariantDeclaration[]
  readonly views?: readonly View[]
  readonly interfaces?: readonly InterfaceDeclaration[]
  /** Objects of this plugin that implement an interface of another, by interface: `{ Party: ['Household'] }`. */
  readonly implement?: Readonly<Record<string, readonly string[]>>
  /** Fields that the plugin adds to objects of core or of plugins under `depends`, by object and field name. */
  readonly extend?: Readonly<Record<string, Readonly<Record<string, FieldDeclaration>>>>
  /** Conditions that the plugin adds to filters, by object and name. They work in lists, live changes and segments. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, ConditionDeclaration>>>>
  /**
   * Error types that the plugin's rules, acts and operations return; each is a GraphQL type that implements
   * `UserError`.
   */
  readonly errors?: readonly UserErrorDeclaration[]
  /** Root query fields that code computes. */
  readonly queries?: readonly Query[]
  readonly rules?: readonly Rule[]
  /** Restrictions of record access, for objects of this or another plugin. */
  readonly accessRules?: readonly AccessRule[]
  readonly acts?: readonly Act[]
  readonly operations?: readonly Operation[]
  /** Code that runs for committed changes, at least once for each change and in order. */
  readonly handlers?: readonly Handler[]
  /** Code that runs in the background, by a schedule or when it is enqueued. */
  readonly jobs?: readonly Job[]
  /** Records that a workspace needs to begin with. Each runs once, when the plugin is enabled there. */
  readonly seeds?: readonly Seed[]
}

/** The settings of a plugin: those that the operator sets once, and those that each workspace's administrator sets. */
export interface SettingsDeclaration {
  /** Settings of the installation, which the operator sets with `rapport plugin set`. */
  readonly installation?: z.ZodObject
  /**
   * Settings of a workspace, which its administrator sets with `updatePluginSettings`. Every field has a default or is
   * optional.
   */
  readonly workspace?: z.ZodObject
  /**
   * Secrets of a workspace: each name with a sentence about its use, such as
   * `{ bookingKey: 'API key of the booking system.' }`. The API sets them and never returns them.
   */
  readonly secrets?: Readonly<Record<string, string>>
}

/** Columns of a plugin's model that say something about a person. */
export interface PersonalData {
  readonly model: string
  /** Relation of the model that leads to the person, such as `contact`. */
  readonly subject: string
  /**
   * Columns by the model's field names. There is no wildcard, so that nobody overlooks a column that is added later.
   */
  readonly columns: readonly string[]
  /** Why the data is stored. */
  readonly purpose: string
}

/** Code that creates what a workspace needs to begin with. */
export interface Seed {
  /** Never change the name of a published seed: it would run again in workspaces that have it. */
  readonly name: string
  readonly description: string
  /**
   * Creates the records through `records`, in one transaction of at most 10 seconds. When it throws, the plugin is not
   * enabled. Be prepared that somebody has already created the same records by hand.
   */
  run(context: PluginContext): Promise<void>
}

/** Version of the plugin API. It is semantic: a change that breaks plugins raises the major version. */
export const PLUGIN_API_VERSION = '1.0.0'

/**
 * Declares a plugin: the default export of its entry. The compiler checks the literal; the rest is checked when the
 * plugin is composed with core and the other plugins.
 *
 * @example
 * export default definePlugin({
 *   id: 'courses',
 *   description: 'Courses and who takes part in them.',
 *   version: '1.0.0',
 *   api: '^1.0.0',
 *   objects: [course],
 * })
 */
export function definePlugin<const Declared extends Plugin>(plugin: Declared): Declared {
  return plugin
}
