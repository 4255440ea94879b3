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

/** A page of an industry's accounts: the cursor after which it begins (null: the start), and its number of accounts. */
interface PagePosition {
  readonly industry: string
  readonly after: unknown
  readonly first: number
}

/**
 * How to request a page of an industry's accounts by name from one system, where its response has the end cursor, and
 * how to compare its response.
 */
interface Dialect {
  readonly path: string
  readonly body: (position: PagePosition) => string
  /** Path of the end cursor in the response. */
  readonly endCursor: readonly string[]
  readonly normalize: (answer: unknown) => unknown
}

const DIALECTS: Readonly<Record<SystemId, Dialect>> = {
  rapport: {
    path: '',
    body: ({ industry, ...pageArguments }) =>
      graphql(RAPPORT, { ...pageArguments, filter: { industry: { equals: industry } }, orderBy: [{ name: 'ASC' }] }),
    endCursor: ['data', 'accounts', 'pageInfo', 'endCursor'],
    normalize: (answer) => normalizePage(at(answer, 'data', 'accounts'), (node) => uuidOf(at(node, 'id'))),
  },
  postgraphile: {
    path: '',
    body: (position) => graphql(POSTGRAPHILE, { ...position }),
    endCursor: ['data', 'allAccounts', 'pageInfo', 'endCursor'],
    normalize: (answer) => normalizePage(at(answer, 'data', 'allAccounts'), (node) => at(node, 'rowId')),
  },
  'hand-written': {
    path: '/deep-page',
    body: (position) => JSON.stringify(position),
    endCursor: ['endCursor'],
    normalize: (answer) =>
      normalizePage({ nodes: at(answer, 'nodes'), pageInfo: { hasNextPage: at(answer, 'hasNextPage') } }, (node) =>
        at(node, 'id'),
      ),
  },
}

/**
 * Pages of 25 accounts of one industry by name, after about 40 % of the list, from the cursor that each system itself
 * returns for that position.
 */
export const deepPage: Case = {
  name: 'a filtered, sorted page deep in the list',
  async requests(context, system) {
    const { rows } = await context.ownerClient.query<{ industry: string; count: number }>(
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

/** Reads large pages until `depth` accounts are skipped, then returns the bodies of the requests for the next pages. */
async function deepBodies(context: CaseContext, system: SystemId, industry: string, depth: number): Promise<string[]> {
  const { path, body, endCursor } = DIALECTS[system]
  let after: unknown = null
  const skip = async (first: number) => {
    after = at(await context.send(system, { path }, body({ industry, after, first })), ...endCursor)
  }
  for (let skipped = 0; skipped < depth; skipped += STRIDE) await skip(Math.min(STRIDE, depth - skipped))
  const bodies: string[] = []
  while (bodies.length < PAGES_PER_INDUSTRY) {
    bodies.push(body({ industry, after, first: PAGE }))
    await skip(PAGE)
  }
  return bodies
}

/** Returns a page in a form that does not depend on the system. */
function normalizePage(accounts: unknown, idOf: (node: unknown) => unknown): unknown {
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
