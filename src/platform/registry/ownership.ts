import type { Column, Model, Models, Relation } from '../data/models/models.ts'
import type { ObjectDeclaration } from '../declare/objects/object.ts'
import { columnOrForeignKey, foreignKey } from './columns.ts'
import { CompositionError } from './composition-error.ts'
import { nearest } from './nearest.ts'
import type { ObjectType, Ownership, OwnershipSource, Registry } from './object-type.ts'
import { modelNamed } from './resolve-fields.ts'

/** `ownedBy` or `teamBy` of an object, for messages, and the model to which it has to lead. */
interface Purpose {
  readonly pluginId: string
  readonly object: string
  readonly option: 'ownedBy' | 'teamBy'
  readonly target: 'Actor' | 'Team'
}

/** Relation that counts as the owner or team of an object that does not declare one, if it leads to an actor or team. */
const DEFAULTS = { ownedBy: 'owner', teamBy: 'team' } as const

/**
 * Returns where the owner, creator and team of an object's records are stored.
 * @throws CompositionError when `ownedBy` or `teamBy` names something that does not exist or does not lead to an actor or
 * a team.
 */
export function ownershipOf(models: Models, pluginId: string, model: Model, declaration: ObjectDeclaration): Ownership {
  const object = declaration.name ?? declaration.model
  const source = (option: Purpose['option'], target: Purpose['target']): OwnershipSource | null => {
    const name = declaration[option]
    if (name !== undefined) return sourceNamed(models, model, name, { pluginId, object, option, target })
    const key = defaultKey(model, DEFAULTS[option], target)
    return key && { path: DEFAULTS[option], key, via: null }
  }
  return {
    owner: source('ownedBy', 'Actor'),
    creator: defaultKey(model, 'createdBy', 'Actor'),
    team: source('teamBy', 'Team'),
  }
}

/** Returns the foreign key of a relation with this name, if it leads to the target. */
function defaultKey(model: Model, name: string, target: string): Column | null {
  const relation = model.relations.get(name)
  return relation?.target === target ? foreignKey(model, relation) : null
}

function sourceNamed(models: Models, model: Model, name: string, purpose: Purpose): OwnershipSource {
  const [first = '', second, ...others] = name.split('.')
  if (second === undefined) {
    const relation = model.columns.has(name) ? relationBy(model, name) : relationNamed(model, name, name, purpose)
    if (relation) requireTarget(relation, name, purpose)
    return { path: name, key: columnOrForeignKey(model, name), via: null }
  }
  if (others.length > 0)
    throw refused(
      purpose,
      name,
      `Only paths of two steps are supported: a to-one relation of the object, and one of the record that it leads to, such as ${first}.${second}.`,
    )
  const relation = relationNamed(model, first, name, purpose)
  const target = modelNamed(models, purpose.pluginId, relation.target)
  const last = relationNamed(target, second, name, purpose)
  requireTarget(last, name, purpose)
  return {
    path: name,
    key: foreignKey(model, relation),
    via: { model: target, column: foreignKey(target, last) },
  }
}

/** Returns the to-one relation with this name, whose key is the id of the other record. */
function relationNamed(model: Model, name: string, path: string, purpose: Purpose): Relation {
  const relation = model.relations.get(name)
  if (relation && leadsById(relation)) return relation
  const known = [...model.relations.values()].filter(leadsById).map((each) => each.name)
  const near = nearest(name, known)
  const hint = near === null ? `It has these: ${known.join(', ') || 'none'}.` : `Did you mean ${near}?`
  throw refused(purpose, path, `${name} is not a to-one relation of model ${model.name} to the id of a record. ${hint}`)
}

/** Returns the relation whose key is a column; undefined when the column is no key, such as the `id` of an actor. */
function relationBy(model: Model, column: string): Relation | undefined {
  return [...model.relations.values()].find(({ columns }) => columns.includes(column))
}

/** Whether one column besides `workspaceId` is the key of the relation, and refers to the id of the other record. */
function leadsById({ columns, references }: Relation): boolean {
  const pairs = columns.flatMap((column, index) => (column === 'workspaceId' ? [] : [references[index]]))
  return pairs.length === 1 && pairs[0] === 'id'
}

function requireTarget(relation: Relation, path: string, purpose: Purpose): void {
  if (relation.target === purpose.target) return
  const what = purpose.target === 'Actor' ? 'a user (model Actor)' : 'a team (model Team)'
  throw refused(purpose, path, `It leads to ${relation.target}, and has to lead to ${what}.`)
}

function refused({ pluginId, object, option }: Purpose, path: string, why: string): CompositionError {
  return new CompositionError(`${pluginId}: ${option} of ${object} is ${path}. ${why}`)
}

/** A column that decides who owns records, or to which team they belong. */
interface OwnershipColumn {
  readonly column: Column
  /** `owner` or `team` when the column is the record's own; null when it decides by way of a relation. */
  readonly role: 'owner' | 'team' | null
}

/**
 * Returns the columns of an object that decide about the owner or team of its own records or, where another object is
 * owned through a relation to it, of that object's records.
 */
export function ownershipColumns(
  { objects }: Registry,
  { model, ownership: own }: ObjectType,
): readonly OwnershipColumn[] {
  const found = new Map<string, OwnershipColumn>()
  const add = (column: Column, role: OwnershipColumn['role']) => {
    if (!found.has(column.name)) found.set(column.name, { column, role })
  }
  if (own.owner) add(own.owner.key, own.owner.via ? null : 'owner')
  if (own.team) add(own.team.key, own.team.via ? null : 'team')
  for (const { ownership } of objects.values())
    for (const source of [ownership.owner, ownership.team])
      if (source?.via?.model.name === model.name) add(source.via.column, null)
  return [...found.values()]
}
