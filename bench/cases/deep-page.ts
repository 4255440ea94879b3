import type { SystemId } from '../servers/start.ts'
import { at, type Case, type CaseContext, graphql, instant, list } from './case.ts'
import { uuidOf } from './ids.ts'

const PAGE = 25
const STRIDE = 200
const DEPTH = 0.4
const PAGES_PER_INDUSTRY = 4
const INDUSTRIES = 5

const RAPPORT = `query DeepPage($first: Int, $after: String, $filter: AccountFilter, $orderBy: [AccountOrderBy!]) {
  accounts(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes { id name industry type employeeCount createdAt }
    pageInfo { hasNextPage endCursor }
  }
}`

const POSTGRAPHILE = `query DeepPage($first: Int, $after: Cursor, $industry: String!) {
  allAccounts(first: $first, after: $after, condition: { industry: $industry }, orderBy: [NAME_ASC]) {
    nodes { rowId name industry type employeeCount createdAt }
    pageInfo { hasNextPage endCursor }
  }
}`

interface Place {
  readonly industry: string
  readonly after: unknown
  readonly first: number
}

/** How one system is asked for a page of an industry by name, where the page's end is in the answer, and what the answer says. */
interface Dialect {
  readonly path: string
  readonly body: (place: Place) => string
  readonly endCursor: readonly string[]
  readonly normalize: (answer: unknown) => unknown
}

const DIALECTS: Readonly<Record<SystemId, Dialect>> = {
  rapport: {
    path: '',
    body: ({ industry, ...page }) =>
      graphql(RAPPORT, { ...page, filter: { industry: { equals: industry } }, orderBy: [{ name: 'ASC' }] }),
    endCursor: ['data', 'accounts', 'pageInfo', 'endCursor'],
    normalize: (answer) => page(at(answer, 'data', 'accounts'), (node) => uuidOf(at(node, 'id'))),
  },
  postgraphile: {
    path: '',
    body: (place) => graphql(POSTGRAPHILE, { ...place }),
    endCursor: ['data', 'allAccounts', 'pageInfo', 'endCursor'],
    normalize: (answer) => page(at(answer, 'data', 'allAccounts'), (node) => at(node, 'rowId')),
  },
  'hand-written': {
    path: '/deep-page',
    body: (place) => JSON.stringify(place),
    endCursor: ['endCursor'],
    normalize: (answer) =>
      page({ nodes: at(answer, 'nodes'), pageInfo: { hasNextPage: at(answer, 'hasNextPage') } }, (node) =>
        at(node, 'id'),
      ),
  },
}

/** Pages of 25 about 40 % deep in the accounts of one industry by name, from the cursor that each system gives for that place. */
export const deepPage: Case = {
  name: 'a filtered, sorted page deep in the list',
  async requests(context, system) {
    const { rows } = await context.ownerPool.query<{ industry: string; count: number }>(
      'select industry, count(*)::int as count from accounts where workspace_id = $1 and industry is not null group by 1 order by 2 desc, 1 limit $2',
      [context.workspaceId, INDUSTRIES],
    )
    const bodies: string[] = []
    for (const { industry, count } of rows)
      bodies.push(...(await deepBodies(context, system, industry, Math.floor(count * DEPTH))))
    const { path, normalize } = DIALECTS[system]
    return { path, bodies, normalize }
  },
}

/** Walks to the depth in large strides, then answers requests for the pages from there on. */
async function deepBodies(context: CaseContext, system: SystemId, industry: string, depth: number): Promise<string[]> {
  const { path, body, endCursor } = DIALECTS[system]
  let after: unknown = null
  const walk = async (first: number) => {
    after = at(await context.ask(system, { path }, body({ industry, after, first })), ...endCursor)
  }
  for (let walked = 0; walked < depth; walked += STRIDE) await walk(Math.min(STRIDE, depth - walked))
  const bodies: string[] = []
  while (bodies.length < PAGES_PER_INDUSTRY) {
    bodies.push(body({ industry, after, first: PAGE }))
    await walk(PAGE)
  }
  return bodies
}

function page(accounts: unknown, idOf: (node: unknown) => unknown): unknown {
  return {
    hasNextPage: at(accounts, 'pageInfo', 'hasNextPage'),
    nodes: list(accounts, 'nodes').map((node) => [
      idOf(node),
      at(node, 'name'),
      at(node, 'industry'),
      at(node, 'type'),
      at(node, 'employeeCount'),
      instant(at(node, 'createdAt')),
    ]),
  }
}
