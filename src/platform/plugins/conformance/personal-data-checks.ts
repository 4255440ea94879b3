import type { Column, Model, Models } from '../../data/models/models.ts'
import type { Plugin } from '../../declare/plugin.ts'

const PERSON = 'Contact'
/** When and by whom a row was written says nothing about the person it is about. */
const STAMPS: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'deletedAt'])

/**
 * Columns of the plugin's models that may say something about a person and are not declared, and declarations of what is
 * not there. A model is about a person when a relation of it leads to Contact, directly or over other models of plugins.
 */
export function undeclaredPersonalData(models: Models, { id, personalData = [] }: Plugin): string[] {
  const own = [...models.models.values()].filter((model) => model.pluginId === id)
  return [
    ...own.flatMap((model) => {
      const subject = subjectOf(models, model, new Set())
      if (subject === null) return []
      const declared = new Set(
        personalData.filter((each) => each.model === model.name).flatMap(({ columns }) => columns),
      )
      return [...model.columns.values()]
        .filter((column) => saysSomething(column) && !declared.has(column.name))
        .map(
          ({ name }) =>
            `${model.name}.${name} may hold personal data: ${model.name} leads to ${PERSON} by "${subject}". Declare it: ` +
            `personalData: [{ model: '${model.name}', subject: '${subject}', columns: ['${name}', …], purpose: '…' }]`,
        )
    }),
    ...personalData.flatMap(({ model: name, subject, columns }) => {
      const model = own.find((each) => each.name === name)
      if (!model) return [`personalData names the model ${name}, which is not the plugin's. Correct it.`]
      return [
        ...(model.relations.has(subject)
          ? []
          : [`personalData names the relation ${name}.${subject}, which is not there. Correct it.`]),
        ...columns
          .filter((column) => !model.columns.has(column))
          .map((column) => `personalData names the column ${name}.${column}, which is not there. Correct it.`),
      ]
    }),
  ]
}

/** Relation of a model over which it leads to a person, or null. */
function subjectOf(models: Models, model: Model, seen: Set<string>): string | null {
  seen.add(model.name)
  for (const { name, target } of model.relations.values()) {
    if (target === PERSON) return name
    const next = models.models.get(target)
    if (next && next.pluginId !== 'core' && !seen.has(target) && subjectOf(models, next, seen) !== null) return name
  }
  return null
}

function saysSomething({ name, type, isGenerated }: Column): boolean {
  return ['text', 'json', 'date', 'timestamp'].includes(type) && !isGenerated && !STAMPS.has(name)
}
