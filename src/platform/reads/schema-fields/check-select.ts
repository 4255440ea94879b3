import type { Model } from '../../data/models/models.ts'
import { rowOf } from '../../data/row.ts'
import { raw } from '../../data/sql.ts'
import type { Registry } from '../../registry/object-type.ts'
import { isShown } from '../tables/visible-table.ts'
import { asMap, compileQuery, optionsOf, relationNamed, type SelectMap } from './select-map.ts'
import { SelectError } from './select-where.ts'

/**
 * Checks a selection of a model without a caller: that its columns and relations exist, that the API shows the related
 * rows or they belong to the plugin, and that its options can be compiled.
 * @throws SelectError that says what is wrong.
 */
export function checkSelect(registry: Registry, pluginId: string, model: Model, map: SelectMap): void {
  for (const [name, wanted] of Object.entries(map)) {
    if (wanted === false || wanted === undefined || model.columns.has(name)) continue
    if (name === '_count') {
      const { select } = asMap(wanted, '_count')
      for (const [counted, value] of Object.entries(asMap(select, '_count.select')))
        checkRelation(registry, pluginId, model, counted, value === true ? {} : asMap(value, counted))
    } else checkRelation(registry, pluginId, model, name, optionsOf(`${model.name}.${name}`, wanted))
  }
}

function checkRelation(
  registry: Registry,
  pluginId: string,
  model: Model,
  name: string,
  options: Readonly<Record<string, unknown>>,
): void {
  const { target } = relationNamed(registry.models, model, name)
  if (target.pluginId !== pluginId && !isShown({ registry }, target))
    throw new SelectError(`${target.name} is not shown by the API, so a field can't select it.`)
  compileQuery(rowOf(raw('t0'), target), options, name)
  if (options['select'] !== undefined)
    checkSelect(registry, pluginId, target, asMap(options['select'], `${name}.select`))
}
