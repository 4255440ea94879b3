import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { graphql } from '../../generated/graphql/index.ts'
import { createTestApp, type TestApp } from './app.ts'

const whoAmI = graphql(`
  query WhoAmI {
    viewer {
      actor { id displayName }
      workspace { slug }
    }
  }
`)

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

describe('createTestApp', () => {
  it('starts an app whose method as() sends requests as a given user of a given workspace', async () => {
    const answers = await Promise.all([
      app.as('admin').must(whoAmI),
      app.as('member', 'acme').must(whoAmI),
      app.as('reader', 'globex').must(whoAmI),
    ])
    expect(answers.map(({ viewer }) => [viewer.workspace?.slug, viewer.actor?.displayName])).toEqual([
      ['acme', 'admin'],
      ['acme', 'Member'],
      ['globex', 'Reader'],
    ])
  })

  it('starts an app whose clients return errors from query() and throw them from must()', async () => {
    const nobody = app.withCredential(null)
    const answer = await nobody.query(whoAmI)
    expect(answer).toMatchObject({ status: 401, data: null, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    await expect(nobody.must(whoAmI)).rejects.toThrow('UNAUTHENTICATED')
  })

  it('starts an app that records the SQL statements of requests', async () => {
    app.resetStatements()
    await app.as('admin').must(whoAmI)
    expect(app.statements).toHaveLength(1)
  })

  it('starts an app that can listen on a port', async () => {
    const { url } = await app.listen()
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${app.as('admin').token}` },
      body: JSON.stringify({ query: whoAmI }),
    })
    expect(await response.json()).toMatchObject({ data: { viewer: { workspace: { slug: 'acme' } } } })
  })
})
