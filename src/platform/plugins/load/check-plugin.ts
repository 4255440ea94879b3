import { valid, validRange } from 'semver'
import { z } from 'zod'
import { nearest } from '../../registry/nearest.ts'
import { parts } from './check-parts.ts'
import { routeProblems } from './check-routes.ts'
import { names, sentence } from './check-shapes.ts'
import { typeProblems } from './check-types.ts'
import { manifestPermission } from './manifest-permission.ts'

/** 2 to 30 lower-case letters and digits, the first a letter. */
export const PLUGIN_ID = /^[a-z][a-z0-9]{1,29}$/

/**
 * Ids that no plugin may have: a plugin's tables begin with its id, so they could be mistaken for tables of Rapport.
 * `orderPlugins` also refuses the ids of core's modules.
 */
const RESERVED: ReadonlySet<string> = new Set(['core', 'platform', 'rapport', 'pg', 'plugin', 'plugins', 'installed'])

const id = z
  .string()
  .regex(PLUGIN_ID, 'is not 2 to 30 lower-case letters and digits, the first a letter')
  .refine((text) => !RESERVED.has(text), 'is reserved for Rapport itself; choose another')

const version = z.string().refine((text) => valid(text) === text, 'is not a semantic version, such as 1.0.0')
const range = z.string().refine((text) => validRange(text) !== null, 'is not a range of versions, such as ^1.0.0')
const zodObject = z.custom((value) => value instanceof z.ZodObject, 'is not a z.object({ … })')

const plugin = z.strictObject({
  id,
  description: sentence,
  version,
  api: range,
  depends: z.record(id, range).optional(),
  conflicts: z.record(id, range).optional(),
  permissions: z.array(manifestPermission).optional(),
  reads: names.optional(),
  settings: z
    .strictObject({
      installation: zodObject.optional(),
      workspace: zodObject.optional(),
      secrets: z.record(z.string(), sentence).optional(),
    })
    .optional(),
  personalData: z
    .array(z.strictObject({ model: z.string(), subject: z.string(), columns: names, purpose: sentence }))
    .optional(),
  ...parts,
})

/** Returns why a plugin can't have this id, as the end of a sentence such as `The id "x" …`; null for an allowed id. */
export function checkPluginId(text: string): string | null {
  return id.safeParse(text).error?.issues[0]?.message ?? null
}

/**
 * Returns the problems of a plugin's declaration, one sentence each, with the path in the declaration. Finds only
 * problems that show without other plugins and without models. Runs none of the plugin's functions.
 * @param literal The default export of the plugin's module.
 */
export function checkPlugin(literal: unknown): string[] {
  const parsed = plugin.safeParse(literal)
  if (!parsed.success) return parsed.error.issues.flatMap(explain)
  const { id: pluginId } = parsed.data
  return [
    ...namesWithoutPrefix(pluginId, 'rules', literal),
    ...namesWithoutPrefix(pluginId, 'accessRules', literal),
    ...namesWithoutPrefix(pluginId, 'handlers', literal),
    ...namesWithoutPrefix(pluginId, 'jobs', literal),
    ...namesWithoutPrefix(pluginId, 'routes', literal),
    ...duplicateNames('rules', literal),
    ...duplicateNames('accessRules', literal),
    ...duplicateNames('handlers', literal),
    ...duplicateNames('jobs', literal),
    ...duplicateNames('routes', literal),
    ...duplicateNames('seeds', literal),
    ...routeProblems(parsed.data),
    ...typeProblems(parsed.data),
    ...(parsed.data.depends && pluginId in parsed.data.depends ? ['depends: names the plugin itself.'] : []),
  ]
}

function explain(issue: z.core.$ZodIssue): string[] {
  const path = z.core.toDotPath(issue.path)
  if (issue.code === 'invalid_key') return [`${path}: ${issue.issues.map(({ message }) => message).join(' ')}.`]
  if (issue.code === 'unrecognized_keys') {
    const knownKeys = keysAt(plugin, issue.path)
    return issue.keys.map((key) => {
      const suggestion = nearest(key, knownKeys)
      return `${path === '' ? 'The plugin has' : `${path}:`} an unknown key ${key}${suggestion === null ? '.' : `: did you mean ${suggestion}?`}`
    })
  }
  const value = issue.input === undefined || typeof issue.input === 'object' ? '' : ` ${JSON.stringify(issue.input)}`
  return [`${path === '' ? 'The plugin' : `${path}:`}${value} ${issue.message}.`]
}

/**
 * Returns the keys that the object at a path of the declaration may have. Empty when the object may have one of several
 * forms, as a rule may.
 */
function keysAt(shape: unknown, path: readonly PropertyKey[]): string[] {
  if (shape instanceof z.ZodOptional) return keysAt(shape.unwrap(), path)
  const [key, ...rest] = path
  if (shape instanceof z.ZodObject)
    return key === undefined ? Object.keys(shape.shape) : keysAt(shape.shape[String(key)], rest)
  if (shape instanceof z.ZodArray) return keysAt(shape.element, rest)
  return shape instanceof z.ZodRecord ? keysAt(shape.valueType, rest) : []
}

function namedParts(key: string, literal: unknown): string[] {
  const list: unknown = literal !== null && typeof literal === 'object' ? Reflect.get(literal, key) : undefined
  const parsed = z.array(z.looseObject({ name: z.string() })).safeParse(list)
  return parsed.success ? parsed.data.map(({ name }) => name) : []
}

function namesWithoutPrefix(pluginId: string, key: string, literal: unknown): string[] {
  return namedParts(key, literal).flatMap((name, index) =>
    name.startsWith(`${pluginId}.`) && name.length > pluginId.length + 1
      ? []
      : [
          `${key}[${index}].name: ${JSON.stringify(name)} does not begin with the plugin's id: write ${pluginId}.${name}.`,
        ],
  )
}

function duplicateNames(key: string, literal: unknown): string[] {
  const all = namedParts(key, literal)
  return [...new Set(all.filter((name, index) => all.indexOf(name) !== index))].map(
    (name) => `${key}: the name ${name} is used twice.`,
  )
}
