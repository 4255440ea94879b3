import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord, type Made } from '../../support/records.ts'
import { rowCounts } from '../../support/rows.ts'
import { act, convert } from './leads.ts'

let now = new Date('2026-03-01T12:00:00Z')
let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ now: () => now })
})
afterAll(() => app.close())
beforeEach(() => app.database.ownerPool.query('delete from leads'))

const admin = () => app.as('admin')
const FIELDS = ['firstName', 'lastName', 'email', 'companyName', 'country']
let count = 0

async function addForm(input: object = {}): Promise<{ readonly key: string; readonly form: Made }> {
  count += 1
  const form = await addRecord(admin(), 'LeadForm', { name: `Form ${count}`, fields: FIELDS, ...input })
  const data = await admin().must('query ($id: ID!) { leadForm(id: $id) { key } }', { id: form.id })
  return { key: textAt(data, 'leadForm.key'), form }
}

const send = (key: string, body: object | URLSearchParams, headers: Readonly<Record<string, string>> = {}) => {
  const isPage = body instanceof URLSearchParams
  return app.fetch(
    new Request(`http://crm.example/forms/${key}`, {
      method: 'POST',
      headers: { 'content-type': isPage ? 'application/x-www-form-urlencoded' : 'application/json', ...headers },
      body: isPage ? body.toString() : JSON.stringify(body),
    }),
  )
}

async function leads(): Promise<readonly unknown[]> {
  const data = await admin().must(`{ leads(orderBy: [{ createdAt: ASC }]) { nodes {
    id version fullName email companyName source score isConfirmationPending emailConfirmedAt consentText consentedAt
    owner { id } form { id } createdBy { displayName } } } }`)
  return listAt(data, 'leads.nodes')
}

describe('a form', () => {
  it('makes a lead of what a script sends, with the source, the consent and the fields of the form only', async () => {
    const { key, form } = await addForm({ source: 'EVENT', consentText: 'You may write to me.' })
    const answer = await send(key, {
      firstName: 'Ada',
      lastName: 'Lovelace',
      email: 'ADA@engines.example',
      consent: true,
      description: 'Not a field of the form.',
      ownerId: 'user_x',
    })
    expect([answer.status, await answer.json()]).toEqual([202, { status: 'accepted' }])
    expect(await leads()).toMatchObject([
      {
        fullName: 'Ada Lovelace',
        email: 'ada@engines.example',
        source: 'EVENT',
        isConfirmationPending: false,
        consentText: 'You may write to me.',
        consentedAt: now.toISOString(),
        owner: null,
        form: { id: form.id },
        createdBy: { displayName: 'leads' },
      },
    ])
  })

  it('redirects a browser that sends the form of a page, and needs no name', async () => {
    const { key } = await addForm({
      redirectUrl: 'https://www.acme.example/thanks',
      consentText: 'You may write to me.',
    })
    const answer = await send(key, new URLSearchParams({ email: 'grace@navy.example', consent: '' }))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://www.acme.example/thanks'])
    expect(await leads()).toMatchObject([{ fullName: 'grace', consentText: null, consentedAt: null }])
  })

  it('is assigned and scored like any lead', async () => {
    const rule = await addRecord(admin(), 'LeadScoringRule', {
      name: 'Web',
      points: 5,
      filter: { source: { equals: 'WEB' } },
    })
    const viewer = await admin().must('{ viewer { actor { id } } }')
    const userId = textAt(viewer, 'viewer.actor.id')
    await addRecord(admin(), 'LeadAssignmentRule', { name: 'All', members: [{ userId }] })
    await send((await addForm()).key, { lastName: 'Scored' })
    expect(await leads()).toMatchObject([{ score: 5, owner: { id: userId } }])
    await app.database.ownerPool.query('delete from lead_assignment_rules')
    expect(rule.version).toBe(1)
  })

  it('accepts what a robot sends, and makes nothing of it', async () => {
    const { key } = await addForm({ honeypotField: 'nickname' })
    const before = await rowCounts(app.database.ownerPool)
    const answer = await send(key, { lastName: 'Robot', nickname: 'x' })
    expect([answer.status, await answer.json()]).toEqual([202, { status: 'accepted' }])
    expect(await rowCounts(app.database.ownerPool)).toMatchObject({
      leads: before['leads'],
      changes: before['changes'],
    })
  })

  it('says which fields are not valid, and writes nothing', async () => {
    const { key } = await addForm()
    const answer = await send(key, { lastName: 'Wrong', email: 'nonsense', country: 'Nowhere' })
    expect(answer.status).toBe(422)
    expect(at(await answer.json(), 'errors.0.extensions.fields')).toMatchObject([
      { field: 'email' },
      { field: 'country' },
    ])
    expect((await send(key, {})).status).toBe(422)
    expect(await leads()).toEqual([])
  })

  it.each([
    ['an unknown key', 'x'.repeat(24), { lastName: 'A' }, {}, 404],
    ['another content type', null, { lastName: 'A' }, { 'content-type': 'text/plain' }, 415],
    ['a list', null, ['A'], {}, 400],
    ['an object in a field', null, { lastName: { a: 1 } }, {}, 400],
    ['a large body', null, { lastName: 'A'.repeat(70_000) }, {}, 413],
  ])('refuses %s', async (_what, key, body, headers, status) => {
    expect((await send(key ?? (await addForm()).key, body, headers)).status).toBe(status)
    expect(await leads()).toEqual([])
  })

  it('that is not active or deleted looks like none', async () => {
    const { key } = await addForm({ isActive: false })
    const [inactive, unknown] = [await send(key, { lastName: 'A' }), await send('y'.repeat(24), { lastName: 'A' })]
    expect([inactive.status, await inactive.text()]).toEqual([unknown.status, await unknown.text()])
  })

  it('can be sent by scripts of its own origins only', async () => {
    const { key } = await addForm({ allowedOrigins: ['https://www.acme.example'] })
    const preflight = (origin: string) =>
      app.fetch(
        new Request(`http://crm.example/forms/${key}`, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type',
          },
        }),
      )
    const allowed = async (origin: string) => (await preflight(origin)).headers.get('access-control-allow-origin')
    expect(await allowed('https://www.acme.example')).toBe('https://www.acme.example')
    expect(await allowed('https://evil.example')).toBeNull()
    const answer = await send(key, { lastName: 'A' }, { origin: 'https://www.acme.example' })
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://www.acme.example')
  })

  it('refuses what does not fit: an unknown field, a trap that people fill in, a confirmation without an address', async () => {
    const refused = async (input: object) => {
      const data = await admin().must(
        'mutation ($input: CreateLeadFormInput!) { createLeadForm(input: $input) { userErrors { code path } } }',
        { input: { name: 'Wrong', fields: FIELDS, ...input } },
      )
      return at(data, 'createLeadForm.userErrors.0')
    }
    expect(await refused({ fields: ['ownerId'] })).toMatchObject({ code: 'INVALID', path: ['input', 'fields'] })
    expect(await refused({ honeypotField: 'email' })).toMatchObject({
      code: 'INVALID',
      path: ['input', 'honeypotField'],
    })
    expect(await refused({ fields: ['lastName'], needsConfirmation: true })).toMatchObject({
      path: ['input', 'needsConfirmation'],
    })
    expect(await refused({ allowedOrigins: ['https://acme.example/path'] })).toMatchObject({ code: 'INVALID' })
    expect(await refused({ redirectUrl: 'javascript:alert(1)' })).toMatchObject({ code: 'INVALID' })
  })
})

describe('the confirmation of an e-mail address', () => {
  const issue = async (id: unknown) => {
    const data = await admin().must(
      'mutation ($input: IssueLeadConfirmationInput!) { issueLeadConfirmation(input: $input) { url expiresAt userErrors { code } } }',
      { input: { id } },
    )
    return at(data, 'issueLeadConfirmation')
  }
  const open = (url: string, method: 'GET' | 'POST') => app.fetch(new Request(`http://crm.example${url}`, { method }))
  const pendingLead = async () => {
    await send((await addForm({ needsConfirmation: true })).key, { email: 'ada@engines.example' })
    return (await leads())[0]
  }

  it('ends the waiting of a lead, on which nobody works before', async () => {
    const lead = await pendingLead()
    expect(lead).toMatchObject({ isConfirmationPending: true, owner: null })
    const record = { id: at(lead, 'id'), version: at(lead, 'version') }
    expect(at(await act(admin(), 'startLead', record), 'userErrors.0.code')).toBe('RULE_VIOLATION')
    expect(at(await convert(admin(), record), 'userErrors.0.code')).toBe('RULE_VIOLATION')
    const issued = await issue(record.id)
    expect(at(issued, 'expiresAt')).toBe('2026-03-08T12:00:00.000Z')
    const url = textAt(issued, 'url')
    const page = await open(url, 'GET')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await page.text()).toContain('<button type="submit">Confirm</button>')
    expect(await leads()).toMatchObject([{ isConfirmationPending: true }])
    expect(await (await open(url, 'POST')).text()).toContain('Your e-mail address is confirmed.')
    expect(await leads()).toMatchObject([{ isConfirmationPending: false, emailConfirmedAt: now.toISOString() }])
    expect((await open(url, 'POST')).status).toBe(404)
  })

  it('is not possible with an old, wrong or expired address', async () => {
    const lead = await pendingLead()
    const [old, url] = [textAt(await issue(at(lead, 'id')), 'url'), textAt(await issue(at(lead, 'id')), 'url')]
    for (const wrong of [old, `${url}x`, '/forms/confirm/rpc_00000000000000000000']) {
      expect([(await open(wrong, 'GET')).status, (await open(wrong, 'POST')).status]).toEqual([404, 404])
    }
    now = new Date(now.getTime() + 8 * 86_400_000)
    expect((await open(url, 'POST')).status).toBe(404)
    expect(await leads()).toMatchObject([{ isConfirmationPending: true }])
  })
})
