import type { ShownCaller, ShownFixture } from './fixture.ts'
import { publishedColumns } from './shown/ask-api.ts'
import { rowKey } from './shown/stored-rows.ts'

/** Number of rows and of values that are stored and not shown to a caller. */
export function countHidden({ runtime: { registry }, stored }: ShownFixture, { shown }: ShownCaller) {
  const hidden = { rows: 0, values: 0, shownRows: 0 }
  for (const [name, columns] of publishedColumns(registry)) {
    const model = registry.models.models.get(name)
    if (!model) continue
    for (const row of stored.get(name) ?? []) {
      const key = rowKey(model, row)
      if (shown.rowsOf(name).has(key)) hidden.shownRows++
      else if ((row['deletedAt'] ?? null) === null) hidden.rows++
      for (const column of columns)
        if (shown.rowsOf(name).has(key) && row[column] !== null && !shown.valuesOf(name, column).has(key))
          hidden.values++
    }
  }
  return hidden
}
