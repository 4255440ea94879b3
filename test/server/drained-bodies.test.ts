import { expect, it } from 'vitest'
import { readForm } from '../../src/server/auth/form.ts'
import { limitBody } from '../../src/server/body.ts'
import { createBodyReader } from '../../src/server/plugin-routes/read-body.ts'

const CHUNK = 1_000_000

/** A request whose body never ends, with the number of bytes that were read of it. */
function endless(contentType: string): { readonly request: Request; readonly read: () => number } {
  let read = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        read += CHUNK
        controller.enqueue(new Uint8Array(CHUNK))
      },
    },
    { highWaterMark: 0 },
  )
  const options = { method: 'POST', body, headers: { 'content-type': contentType }, duplex: 'half' }
  return { request: new Request('http://localhost/', options), read: () => read }
}

it('of a body that never ends, a route reads 5 MB more than it accepts', async () => {
  const { request, read } = endless('application/json')
  expect(await createBodyReader()(request, 2 * CHUNK, null)).toEqual({ failure: 'TOO_LARGE' })
  expect(read()).toBe(8 * CHUNK)
})

it('of a form that never ends, an OAuth endpoint reads 5 MB more than it accepts', async () => {
  const { request, read } = endless('application/x-www-form-urlencoded')
  expect(await readForm(request)).toMatchObject({ status: 413 })
  expect(read()).toBe(6 * CHUNK)
})

it('of a GraphQL request that never ends, the server reads 100 MB more than it accepts', async () => {
  const { request, read } = endless('application/json')
  expect(await limitBody(request)).toMatchObject({ status: 413 })
  expect(read()).toBe(106 * CHUNK)
})
