import type { Model } from '../../data/models/models.ts'
import { rowOf } from '../../data/row.ts'
import { raw } from '../../data/sql.ts'
import { requireDependency } from '../../registry/declaring-plugins.ts'
import type { Registry } from '../../registry/object-type.ts'
import { publishedColumnsOf } from '../tables/published-columns.ts'
import { isShown } from '../tables/visible-table.ts'
import { requirePermittedRelation } from './manifest-select.ts'
import { allColumns, asMap, compileQuery, optionsOf, requireNoPage, type SelectMap } from './select-map.ts'
import { SelectError } from './select-where.ts'
import { relationNamed } from './selected-relation.ts'

/**
 * Checks a selection of a model without a caller: that its columns and relations exist, that the API shows the related
 * rows or they belong to the plugin, that its options can be compiled, and that the plugin's manifest has the permissions
 * to read what is selected of other records.
 * @throws SelectError that says what is wrong.
 */
export function checkSelect(registry: Registry, pluginId: string, model: Model, map: SelectMap): void {
  const published = model.pluginId === pluginId ? null : publishedColumnsOf(registry, model)
  for (const [name, wanted] of Object.entries(map)) {
    if (wanted === false || wanted === undefined) continue
    if (model.columns.has(name)) {
      if (published && !published.has(name))
        throw new SelectError(
          `it selects ${model.name}.${name}, which no field of the API publishes. Name the columns that it needs in \`select\`.`,
        )
    } else if (name === '_count') {
      const { select } = asMap(wanted, '_count')
      for (const [counted, value] of Object.entries(asMap(select, '_count.select'))) {
        if (!relationNamed(registry.models, model, counted).isList)
          throw new SelectError(`${model.name}.${counted} is one record, so it can't be counted.`)
        const options = { ...(value === true ? {} : asMap(value, counted)), select: {} }
        checkRelation(registry, pluginId, model, counted, options)
        requirePermittedRelation(registry, pluginId, model, counted, options)
      }
    } else {
      const options = optionsOf(`${model.name}.${name}`, wanted)
      checkRelation(registry, pluginId, model, name, options)
      requirePermittedRelation(registry, pluginId, model, name, options)
    }
  }
}

/**
 * Checks a relation that a field selects or leads to, and the options with which its rows are selected.
 * @throws SelectError that says what is wrong; CompositionError when the plugin does not depend on the target's plugin.
 */
export function checkRelation(
  registry: Registry,
  pluginId: string,
  model: Model,
  name: string,
  options: Readonly<Record<string, unknown>>,
): void {
  const { target, isList } = relationNamed(registry.models, model, name)
  requireDependency(registry, pluginId, target.pluginId, `the model ${target.name} (${model.name}.${name})`)
  if (target.pluginId !== pluginId && !isShown({ registry }, target))
    throw new SelectError(`${target.name} is not shown by the API, so a field can't select it.`)
  compileQuery(rowOf(raw('t0'), target), options, name)
  if (!isList) requireNoPage(options, name)
  const select = options['select'] === undefined ? allColumns(target) : asMap(options['select'], `${name}.select`)
  requireUnaudited(registry, target, select)
  checkSelect(registry, pluginId, target, select)
}

/** Columns that tell nothing of a record, so that reading them is not audited. */
const UNAUDITED: ReadonlySet<string> = new Set(['workspaceId', 'id'])

/**
 * Throws SelectError for a selection of related records whose reads are audited: the audit has the records that a response
 * shows, and not those that code got.
 */
function requireUnaudited({ objects }: Registry, { name: model }: Model, select: SelectMap): void {
  const audited = [...objects.values()].find((object) => object.model.name === model && object.auditsReads)
  if (!audited || Object.keys(select).every((name) => UNAUDITED.has(name))) return
  throw new SelectError(
    `reads of ${audited.name} are audited, so code can't select its values. Lead to it by \`t.relation\`, or return its id.`,
  )
}
