import type { SystemId } from '../servers/start.ts'
import { at, type Case, graphql, instant, list } from './case.ts'
import { uuidOf } from './ids.ts'

const PAGE = 20
const PAGES = 40

// The operation AccountList of a front-end, without its totalCount.
const RAPPORT = `query AccountList($first: Int, $after: String, $orderBy: [AccountOrderBy!]) {
  accounts(first: $first, after: $after, orderBy: $orderBy) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id } }
    nodes {
      id name industry
      owner { id displayName }
      contacts(first: 10) { nodes { id fullName primaryEmail } }
      interactions(first: 5, orderBy: [{ occurredAt: DESC }]) { nodes { __typename id subject occurredAt } }
    }
  }
}`

const POSTGRAPHILE = `query AccountList($first: Int, $after: Cursor) {
  allAccounts(first: $first, after: $after, orderBy: [NAME_ASC]) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { rowId } }
    nodes {
      rowId name industry
      actorByWorkspaceIdAndOwnerId { rowId displayName }
      accountContactsByWorkspaceIdAndAccountId(first: 10) { nodes { contactByWorkspaceIdAndContactId { rowId fullName primaryEmail } } }
      timeline(first: 5, orderBy: [OCCURRED_AT_DESC, INTERACTION_ID_DESC]) { nodes { interactionByWorkspaceIdAndInteractionId { kind rowId subject occurredAt } } }
    }
  }
}`

/** How to request a page from one system, where its response has the end cursor, and how to compare its response. */
interface Dialect {
  readonly path: string
  /** Returns the body of the request for the page after a cursor; null for the first page. */
  readonly body: (after: unknown) => string
  /** Path of the end cursor in the response. */
  readonly endCursor: readonly (string | number)[]
  /** Returns the response in a form that does not depend on the system. */
  readonly normalize: (answer: unknown) => unknown
}

const DIALECTS: Readonly<Record<SystemId, Dialect>> = {
  rapport: {
    path: '',
    body: (after) => graphql(RAPPORT, { first: PAGE, after, orderBy: [{ name: 'ASC' }] }),
    endCursor: ['data', 'accounts', 'pageInfo', 'endCursor'],
    normalize: normalizeRapport,
  },
  postgraphile: {
    path: '',
    body: (after) => graphql(POSTGRAPHILE, { first: PAGE, after }),
    endCursor: ['data', 'allAccounts', 'pageInfo', 'endCursor'],
    normalize: normalizePostGraphile,
  },
  'hand-written': {
    path: '/account-list',
    body: (after) => JSON.stringify({ first: PAGE, after }),
    endCursor: ['nodes', PAGE - 1, 'cursor'],
    normalize: normalizeHandWritten,
  },
}

/**
 * A list of 20 accounts with owner, contacts and latest interactions: each of the first 40 pages in turn. The first
 * page contains the account whose contact has the most interactions.
 */
export const accountList: Case = {
  name: '20 accounts with owner, 10 contacts, 5 latest interactions each',
  async requests(context, system) {
    const { path, body, endCursor, normalize } = DIALECTS[system]
    const bodies = [body(null)]
    while (bodies.length < PAGES) {
      const answer = await context.send(system, { path }, bodies.at(-1) ?? '')
      bodies.push(body(at(answer, ...endCursor)))
    }
    return { path, bodies, normalize }
  },
}

function normalizeRapport(answer: unknown): unknown {
  const accounts = at(answer, 'data', 'accounts')
  return {
    hasNextPage: at(accounts, 'pageInfo', 'hasNextPage'),
    edges: list(accounts, 'edges').length,
    nodes: list(accounts, 'nodes').map((node) => [
      uuidOf(at(node, 'id')),
      at(node, 'name'),
      at(node, 'industry'),
      at(node, 'owner') === null ? null : [uuidOf(at(node, 'owner', 'id')), at(node, 'owner', 'displayName')],
      list(node, 'contacts', 'nodes').map((contact) => [
        uuidOf(at(contact, 'id')),
        at(contact, 'fullName'),
        at(contact, 'primaryEmail'),
      ]),
      list(node, 'interactions', 'nodes').map((interaction) => [
        kindOf(at(interaction, '__typename')),
        uuidOf(at(interaction, 'id')),
        at(interaction, 'subject'),
        instant(at(interaction, 'occurredAt')),
      ]),
    ]),
  }
}

function normalizePostGraphile(answer: unknown): unknown {
  const accounts = at(answer, 'data', 'allAccounts')
  return {
    hasNextPage: at(accounts, 'pageInfo', 'hasNextPage'),
    edges: list(accounts, 'edges').length,
    nodes: list(accounts, 'nodes').map((node) => {
      const owner = at(node, 'actorByWorkspaceIdAndOwnerId')
      return [
        at(node, 'rowId'),
        at(node, 'name'),
        at(node, 'industry'),
        owner === null ? null : [at(owner, 'rowId'), at(owner, 'displayName')],
        list(node, 'accountContactsByWorkspaceIdAndAccountId', 'nodes').map((link) => {
          const contact = at(link, 'contactByWorkspaceIdAndContactId')
          return [at(contact, 'rowId'), at(contact, 'fullName'), at(contact, 'primaryEmail')]
        }),
        list(node, 'timeline', 'nodes').map((entry) => {
          const interaction = at(entry, 'interactionByWorkspaceIdAndInteractionId')
          return [
            at(interaction, 'kind'),
            at(interaction, 'rowId'),
            at(interaction, 'subject'),
            instant(at(interaction, 'occurredAt')),
          ]
        }),
      ]
    }),
  }
}

function normalizeHandWritten(answer: unknown): unknown {
  return {
    hasNextPage: at(answer, 'hasNextPage'),
    edges: list(answer, 'nodes').length,
    nodes: list(answer, 'nodes').map((node) => [
      at(node, 'id'),
      at(node, 'name'),
      at(node, 'industry'),
      at(node, 'owner') === null ? null : [at(node, 'owner', 'id'), at(node, 'owner', 'displayName')],
      list(node, 'contacts').map((contact) => [
        at(contact, 'id'),
        at(contact, 'fullName'),
        at(contact, 'primaryEmail'),
      ]),
      list(node, 'interactions').map((interaction) => [
        at(interaction, 'kind'),
        at(interaction, 'id'),
        at(interaction, 'subject'),
        instant(at(interaction, 'occurredAt')),
      ]),
    ]),
  }
}

/** Returns the kind of an interaction by its GraphQL type: SOCIAL_POST for `SocialPost`. */
function kindOf(typeName: unknown): string {
  return String(typeName)
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toUpperCase()
}
