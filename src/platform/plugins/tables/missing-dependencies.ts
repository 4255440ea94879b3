import type { ClientBase } from 'pg'

/**
 * Returns a problem for each dependency of the plugin `id` that is disabled in a workspace where the plugin itself is
 * enabled. After an upgrade such a workspace could no longer use the plugin, and the plugin's rules would not run
 * there.
 */
export async function missingDependencyProblems(
  client: ClientBase,
  id: string,
  dependencies: readonly string[],
): Promise<string[]> {
  const problems: string[] = []
  for (const dependency of dependencies) {
    // A dependency in quarantine counts as enabled: an upgrade of both plugins may be what fixes it, and
    // `rapport doctor` reports the quarantine in any case.
    const { rows } = await client.query<{ slug: string }>(
      `select w.slug from plugin_activations a join workspaces w on w.id = a.workspace_id
       where a.plugin_id = $1 and a.is_enabled and not exists (
         select from plugin_activations o where o.workspace_id = a.workspace_id and o.plugin_id = $2 and o.is_enabled)
       order by w.slug`,
      [id, dependency],
    )
    if (rows.length > 0)
      problems.push(
        problem(
          id,
          dependency,
          rows.map(({ slug }) => slug),
        ),
      )
  }
  return problems
}

function problem(id: string, dependency: string, slugs: readonly string[]): string {
  const [first] = slugs
  const where = slugs.length === 1 ? `the workspace ${first} uses` : `the workspaces ${slugs.join(', ')} use`
  const there = slugs.length === 1 ? '' : ', and the same for each of the other workspaces'
  return `This version of ${id} depends on ${dependency}, and ${where} ${id} without ${dependency}: ${id} would not be in use there. First run: rapport plugin enable ${dependency} --workspace ${first}${there}.`
}
