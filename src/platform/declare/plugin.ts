import type { z } from 'zod'
import type { ConstraintDeclaration } from './constraint.ts'
import type { Handler } from './handler.ts'
import type { Job } from './job.ts'
import type { Mapping } from './mapping.ts'
import type { ConditionDeclaration, FieldDeclaration } from './objects/fields.ts'
import type { InterfaceDeclaration, ObjectDeclaration, VariantDeclaration, View } from './objects/object.ts'
import type { OnlyKeysOf } from './only-keys.ts'
import type { Permission } from './permission.ts'
import type { PluginContext } from './plugin-context.ts'
import type { Query } from './query.ts'
import type { Route } from './routes/route.ts'
import type { SignedRoute } from './routes/signed-route.ts'
import type { AccessRule } from './rules/access-rule.ts'
import type { Act } from './rules/act.ts'
import type { Operation } from './rules/operation.ts'
import type { Rule } from './rules/rule.ts'
import type { UserErrorDeclaration } from './rules/user-errors.ts'
import type { ScalarDeclaration } from './scalar.ts'
import type { PluginSchemaBuilder, SchemaObjects } from './schema-builder.ts'

/**
 * A plugin as one object literal: its identity, its requirements and what it adds. The modules of core are declared in
 * the same way. None of the functions in it run until a server is started with the plugin.
 */
export interface Plugin {
  /**
   * 2 to 30 lower-case letters and digits, the first a letter. The plugin's tables are named `<id>_…`, its rules, jobs
   * and handlers `<id>.…`. Never change the id of a published plugin.
   */
  readonly id: string
  /** One sentence about what the plugin adds. */
  readonly description: string
  /** Marks a module of core, which is always in use and whose code has no time limits. Not allowed in a plugin. */
  readonly isCore?: true
  /** Semantic version of the plugin, such as `1.2.0`. */
  readonly version: string
  /** Range of plugin API versions that the plugin is written for, such as `^1.0.0`; see `PLUGIN_API_VERSION`. */
  readonly api: string
  /**
   * Plugins that this plugin needs, each id with a range of versions: `{ contacts: '^1.0.0' }`. A workspace enables
   * them before this plugin and disables them after it. Modules of core need not be named.
   */
  readonly depends?: Readonly<Record<string, string>>
  /** Plugins that can't be installed together with this plugin, each id with a range of versions. */
  readonly conflicts?: Readonly<Record<string, string>>
  /**
   * The most that the plugin's code may do through `records`: permissions `<object>:<action>`, or
   * `<object>.<field>:read`, `create` or `update` for one field, without a scope. `<object>:*` includes the object's sensitive fields. For a call in a request, both the caller and this list
   * have to have the permission; in handlers, jobs, routes and seeds this list alone decides. Default: no permissions. The
   * operator sees the list before the plugin is installed.
   */
  readonly permissions?: readonly Permission[]
  /**
   * Tables of core, or of plugins under `depends`, that the plugin's own SQL may read: all rows of the workspace, also
   * rows that are not visible to the caller. The operator sees the list before the plugin is installed. SQL of a plugin
   * can never write to these tables.
   */
  readonly reads?: readonly string[]
  readonly settings?: SettingsDeclaration
  /**
   * Columns with data about people; an empty list says that there are no such columns. `rapport plugin check` reports
   * columns that are missing from this list.
   */
  readonly personalData?: readonly PersonalData[]

  readonly objects?: readonly ObjectDeclaration[]
  /** Variants of abstract objects of this or another plugin, such as a kind of interaction. */
  readonly variants?: readonly VariantDeclaration[]
  readonly views?: readonly View[]
  readonly interfaces?: readonly InterfaceDeclaration[]
  /** Objects of this plugin that implement an interface of core or of another plugin: `{ Party: ['Household'] }`. */
  readonly implement?: Readonly<Record<string, readonly string[]>>
  /** Fields that the plugin adds to objects of core or of plugins under `depends`, by object and by field name. */
  readonly extend?: Readonly<Record<string, Readonly<Record<string, FieldDeclaration>>>>
  /** Conditions that the plugin adds to the filters of lists, live changes and segments, by object and by name. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, ConditionDeclaration>>>>
  /** GraphQL scalars of the plugin's own, for texts with rules of their own. */
  readonly scalars?: readonly ScalarDeclaration[]
  /**
   * Error types that the plugin's rules, acts and operations return; each is a GraphQL type that implements
   * `UserError`.
   */
  readonly errors?: readonly UserErrorDeclaration[]
  /**
   * What callers are told when a write violates a constraint or unique index of the plugin's tables, by its name in the
   * database. Default: a message that names the fields.
   */
  readonly constraints?: Readonly<Record<string, ConstraintDeclaration>>
  /** Root query fields that code computes. */
  readonly queries?: readonly Query[]
  /**
   * Adds to the GraphQL schema what the other properties can't express: fields of objects with arguments and types of the
   * plugin's own, enums, scalars, interfaces, root query fields and subscriptions, with the builder of the library Pothos
   * and its Prisma plugin. What a field selects of a record is read by the statement of the request. Called when the
   * schema is composed; it has to be synchronous and must not read anything.
   * @param builder The builder. A mutation is declared by `defineOperation` instead.
   * @param objects The objects of core and of the plugins under `depends`, by name.
   */
  schema?(builder: PluginSchemaBuilder, objects: SchemaObjects): void
  readonly rules?: readonly Rule[]
  /** Restrictions of record access, for objects of this or another plugin. */
  readonly accessRules?: readonly AccessRule[]
  readonly acts?: readonly Act[]
  readonly operations?: readonly Operation[]
  /** What records get from records of which they are made, such as a contact from a lead. */
  readonly mappings?: readonly Mapping[]
  /** Code that runs for committed changes, at least once for each change and in order. */
  readonly handlers?: readonly Handler[]
  /** Code that runs in the background, by a schedule or when it is enqueued. */
  readonly jobs?: readonly Job[]
  /** Code that answers HTTP requests of other systems, such as webhooks. */
  readonly routes?: readonly Route[]
  /** Code that answers people without an account who have a signed address. Core only. */
  readonly signedRoutes?: readonly SignedRoute[]
  /**
   * Code that creates the records that a workspace needs to begin with. It runs when a workspace enables the plugin.
   */
  readonly seeds?: readonly Seed[]
}

/**
 * The settings of a plugin: settings that the operator sets for the installation, settings that administrators set for
 * their workspace, and secrets of a workspace.
 */
export interface SettingsDeclaration {
  /** Schema of the settings that the operator sets for the whole installation, with `rapport plugin set`. */
  readonly installation?: z.ZodObject
  /**
   * Schema of the settings that administrators set for their workspace, with `updatePluginSettings`. Every field has to
   * have a default or be optional.
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
  /** Name of the model. */
  readonly model: string
  /** Relation of the model that leads to the person, such as `contact`. */
  readonly subject: string
  /**
   * The columns, by the model's field names. There is no wildcard: with a wildcard, a new column would be in the list
   * although nobody has decided that it holds personal data.
   */
  readonly columns: readonly string[]
  /** Why the data is stored. */
  readonly purpose: string
}

/** Code that creates the records that a workspace needs to begin with. */
export interface Seed {
  /** Never change the name of a published seed: it would run again in workspaces in which it has already run. */
  readonly name: string
  readonly description: string
  /**
   * Creates the records through `records`, in at most 10 seconds. Called once in each workspace, in the transaction
   * that enables the plugin. When it throws, the plugin is not enabled. A refused write does not throw: check its
   * `userErrors`. Somebody may already have created the same records by hand.
   */
  run(context: PluginContext): Promise<void>
}

/** Version of the plugin API. It is semantic: a change that breaks plugins raises the major version. */
export const PLUGIN_API_VERSION = '1.1.0'

/**
 * Declares a plugin: the default export of its entry file, `plugin.ts`. The compiler checks the types of the literal.
 * Names that refer to other plugins are checked when the plugin is composed with core and the other plugins.
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
export function definePlugin<const Declared extends Plugin>(plugin: Declared & OnlyKeysOf<Plugin, Declared>): Declared {
  return plugin
}
