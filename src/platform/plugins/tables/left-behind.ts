import type { ClientBase } from 'pg'

/**
 * What keeps a plugin from building on others where workspaces that have it enabled have not enabled those: it would go out
 * of use there, its refusing rules included. A problem for each of the others, which names the workspaces.
 */
export async function leftBehind(client: ClientBase, id: string, others: readonly string[]): Promise<string[]> {
  const problems: string[] = []
  for (const other of others) {
    // One in quarantine counts as enabled: it may be the upgrade of both that mends it, and the doctor tells of it anyway.
    const { rows } = await client.query<{ slug: string }>(
      `select w.slug from plugin_activations a join workspaces w on w.id = a.workspace_id
       where a.plugin_id = $1 and a.is_enabled and not exists (
         select from plugin_activations o where o.workspace_id = a.workspace_id and o.plugin_id = $2 and o.is_enabled)
       order by w.slug`,
      [id, other],
    )
    if (rows.length > 0)
      problems.push(
        problem(
          id,
          other,
          rows.map(({ slug }) => slug),
        ),
      )
  }
  return problems
}

function problem(id: string, other: string, slugs: readonly string[]): string {
  const [first] = slugs
  const where = slugs.length === 1 ? `the workspace ${first} uses` : `the workspaces ${slugs.join(', ')} use`
  const there = slugs.length === 1 ? '' : ', and so in each of them'
  return `${id} builds on ${other} now, and ${where} ${id} without it: it would be out of use there. Enable it first: rapport plugin enable ${other} --workspace ${first}${there}.`
}
