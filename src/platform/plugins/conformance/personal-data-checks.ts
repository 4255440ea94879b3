import type { Column, Model, Models } from '../../data/models/models.ts'
import type { Plugin } from '../../declare/plugin.ts'

const PERSON_MODEL = 'Contact'
/** Columns that store when a row was written. They are not personal data. */
const TIMESTAMPS: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'deletedAt'])

/**
 * Returns a problem for each column that may contain personal data and that the plugin does not declare under
 * `personalData`, and for each entry of `personalData` that names a model, relation or column that does not exist. A
 * column may contain personal data when a relation of its model leads to Contact, directly or through other models of
 * plugins.
 */
export function undeclaredPersonalData(models: Models, { id, personalData = [] }: Plugin): string[] {
  const ownModels = [...models.models.values()].filter((model) => model.pluginId === id)
  return [
    ...ownModels.flatMap((model) => {
      const subject = subjectOf(models, model, new Set())
      if (subject === null) return []
      const declared = new Set(
        personalData.filter((entry) => entry.model === model.name).flatMap(({ columns }) => columns),
      )
      return [...model.columns.values()]
        .filter((column) => mayHoldPersonalData(column) && !declared.has(column.name))
        .map(
          ({ name }) =>
            `${model.name}.${name} may contain personal data: the relation "${subject}" of ${model.name} leads to ${PERSON_MODEL}. Declare it: ` +
            `personalData: [{ model: '${model.name}', subject: '${subject}', columns: ['${name}', …], purpose: '…' }]`,
        )
    }),
    ...personalData.flatMap(({ model: name, subject, columns }) => {
      const model = ownModels.find((entry) => entry.name === name)
      if (!model) return [`personalData names the model ${name}, which is not the plugin's. Correct it.`]
      return [
        ...(model.relations.has(subject)
          ? []
          : [`personalData names the relation ${name}.${subject}, which does not exist. Correct it.`]),
        ...columns
          .filter((column) => !model.columns.has(column))
          .map((column) => `personalData names the column ${name}.${column}, which does not exist. Correct it.`),
      ]
    }),
  ]
}

/** Returns the name of the relation of a model that leads to Contact, directly or through other models; or null. */
function subjectOf(models: Models, model: Model, visited: Set<string>): string | null {
  visited.add(model.name)
  for (const { name, target } of model.relations.values()) {
    if (target === PERSON_MODEL) return name
    const targetModel = models.models.get(target)
    if (
      targetModel &&
      targetModel.pluginId !== 'core' &&
      !visited.has(target) &&
      subjectOf(models, targetModel, visited) !== null
    )
      return name
  }
  return null
}

function mayHoldPersonalData({ name, type, isGenerated }: Column): boolean {
  return ['text', 'json', 'date', 'timestamp'].includes(type) && !isGenerated && !TIMESTAMPS.has(name)
}
