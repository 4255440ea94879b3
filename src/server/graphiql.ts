import { renderGraphiQL } from '@graphql-yoga/render-graphiql'
import { GRAPHQL_PATH } from './graphql.ts'
import { PAGE_POLICY } from './response-headers.ts'

const DEFAULT_QUERY = `# This page uses the real API. Press ▶ to run an operation.
query Welcome {
  viewer {
    actor { displayName }
    workspace { name }
    roles { name }
  }
  accounts(first: 5) {
    totalCount
    nodes { id name industry }
  }
}

# The pipeline as a board: its stages with their sums and their first cards.
query Board {
  pipelines(first: 1, filter: { isDefault: { equals: true } }) {
    nodes {
      name
      stages {
        name
        probability
        summary { count amount { amount currency } weightedAmount { amount currency } }
        opportunities(first: 5, orderBy: [{ position: ASC }]) {
          nodes {
            name
            amount { amount currency }
            closesOn
            account { name }
            owner { displayName }
            attention { code reason suggestion }
          }
        }
      }
    }
  }
}
`

/**
 * Returns the GraphiQL page for people who open the endpoint in a browser. The page sends `token`, an access token,
 * with each request. When `token` is null, the person has to paste a token first.
 */
export function graphiqlPage(token: string | null): Response {
  const headers = JSON.stringify({ Authorization: `Bearer ${token ?? 'paste a token here'}` }, null, 2)
  const page = renderGraphiQL({
    title: 'Rapport',
    endpoint: GRAPHQL_PATH,
    defaultQuery: DEFAULT_QUERY,
    headers,
    shouldPersistHeaders: false,
  })
  return new Response(String(page), {
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY },
  })
}
