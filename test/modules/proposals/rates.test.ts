import { afterEach, beforeEach, expect, it } from 'vitest'
import { DEVELOPMENT } from '../../../src/server/server-settings.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addSelling } from '../quotes/selling.ts'
import { open, sendNewQuote } from './sent-quotes.ts'

let app: TestApp
let acceptUrl: string
let documentUrl: string
beforeEach(async () => {
  app = await createTestApp({
    now: () => new Date('2026-03-01T12:00:00Z'),
    trustedProxies: ['127.0.0.1'],
    settings: { ...DEVELOPMENT, rates: { ...DEVELOPMENT.rates, routeRequests: 2, refusedCredentials: 2 } },
  })
  ;({ acceptUrl, documentUrl } = await sendNewQuote(app, await addSelling(app), {}))
})
afterEach(() => app.close())

const statusOf = async (url: string) => (await open(app, url)).status

it('the requests to one address are limited, and those to others are not', async () => {
  expect([await statusOf(acceptUrl), await statusOf(acceptUrl)]).toEqual([200, 200])
  const limited = await open(app, acceptUrl)
  expect(limited.status).toBe(429)
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await limited.text()).toContain('Too many requests. Try again in a minute.')
  expect(await statusOf(documentUrl)).toBe(200)
})

it('who tries addresses that are not valid is stopped, and others are not', async () => {
  const { url } = await app.listen()
  const statusFor = async (ipAddress: string, path: string) =>
    (await fetch(new URL(path, url), { headers: { 'x-forwarded-for': ipAddress } })).status
  const tries = ['/signed/quotes/a', '/signed/quotes/b', '/signed/quotes/c', acceptUrl]
  const statuses: number[] = []
  for (const path of tries) statuses.push(await statusFor('192.0.2.1', path))
  expect(statuses).toEqual([404, 404, 429, 429])
  expect(await statusFor('192.0.2.2', acceptUrl)).toBe(200)
})
