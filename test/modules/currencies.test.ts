import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt } from '../../src/testing/answers.ts'
import { countsOf, errorsOf, importRecords } from '../imports/import-records.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addRecord, setDeleted } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const CREATE =
  'mutation ($input: CreateExchangeRateInput!) { createExchangeRate(input: $input) { exchangeRate { baseCurrency currency rate validFrom source version } userErrors { code path message } } }'
const DOLLAR = { baseCurrency: 'EUR', currency: 'USD', rate: '1.0843', validFrom: '2026-01-02' }

const create = async (input: object) => at(await app.as('admin').must(CREATE, { input }), 'createExchangeRate')

describe('an exchange rate', () => {
  it('is created with up to 12 decimal places, and read with as many', async () => {
    const input = { ...DOLLAR, currency: 'KWD', rate: '0.000018700001', source: 'European Central Bank' }
    expect(await create(input)).toEqual({ exchangeRate: { ...input, version: 1 }, userErrors: [] })
  })

  it('is unique for two currencies and a day, among those that are not deleted', async () => {
    const first = await addRecord(app.as('admin'), 'ExchangeRate', DOLLAR)
    expect(await create({ ...DOLLAR, rate: '2' })).toEqual({
      exchangeRate: null,
      userErrors: [
        {
          code: 'DUPLICATE',
          path: ['input', 'baseCurrency'],
          message: 'Another record has the same baseCurrency and currency and validFrom already.',
        },
      ],
    })
    const deleted = await setDeleted(app.as('admin'), 'delete', 'ExchangeRate', first)
    await addRecord(app.as('admin'), 'ExchangeRate', { ...DOLLAR, rate: '2' })
    const restored = await app
      .as('admin')
      .must(
        'mutation ($input: RestoreExchangeRateInput!) { restoreExchangeRate(input: $input) { exchangeRate { id } userErrors { code } } }',
        { input: { id: deleted.id } },
      )
    expect(at(restored, 'restoreExchangeRate')).toEqual({ exchangeRate: null, userErrors: [{ code: 'DUPLICATE' }] })
  })

  it.each([
    [{ rate: '0' }, ['input', 'rate'], 'Must be greater than 0.'],
    [{ rate: '-1.5' }, ['input', 'rate'], 'Must be greater than 0.'],
    [{ currency: 'EUR' }, ['input', 'currency'], 'Must differ from baseCurrency, which is EUR too.'],
  ])('is refused with %j', async (wrong, path, message) => {
    expect(await create({ ...DOLLAR, validFrom: '2026-05-05', ...wrong })).toEqual({
      exchangeRate: null,
      userErrors: [{ code: 'INVALID', path, message }],
    })
  })

  it('is refused with a code that is no currency', async () => {
    const { errors } = await app.as('admin').query(CREATE, { input: { ...DOLLAR, currency: 'XXY' } })
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it('can’t be updated to a rate of a currency to itself', async () => {
    const { id } = await addRecord(app.as('admin'), 'ExchangeRate', { ...DOLLAR, validFrom: '2026-06-01' })
    const data = await app
      .as('admin')
      .must(
        'mutation ($input: UpdateExchangeRateInput!) { updateExchangeRate(input: $input) { userErrors { path } } }',
        { input: { id, version: 1, baseCurrency: 'USD' } },
      )
    expect(at(data, 'updateExchangeRate.userErrors')).toEqual([{ path: ['input', 'currency'] }])
  })

  it('is imported from the file of the European Central Bank, which has days without a rate', async () => {
    const order = {
      object: 'ExchangeRate',
      columns: [
        { column: 'CURRENCY_DENOM', field: 'baseCurrency' },
        { column: 'CURRENCY', field: 'currency' },
        { column: 'OBS_VALUE', field: 'rate' },
        { column: 'TIME_PERIOD', field: 'validFrom' },
      ],
      constants: [{ field: 'source', value: 'European Central Bank' }],
      errorPolicy: 'REJECT_FAILED',
    }
    const csv = `KEY,CURRENCY,CURRENCY_DENOM,TIME_PERIOD,OBS_VALUE
EXR.D.SEK.EUR.SP00.A,SEK,EUR,2026-02-03,11.0865
EXR.D.SEK.EUR.SP00.A,SEK,EUR,2026-02-04,11.123456
EXR.D.JPY.EUR.SP00.A,JPY,EUR,2026-02-03,182.5
EXR.D.JPY.EUR.SP00.A,JPY,EUR,2026-02-04,
`
    const client = app.as('admin')
    const first = await importRecords(client, { ...order, csv })
    expect(countsOf(first)).toEqual({ created: 3, updated: 0, unchanged: 0, failed: 1 })
    expect(errorsOf(first)).toEqual(['csv.5.rate: rate is required.'])
    expect(countsOf(await importRecords(client, { ...order, csv }))).toMatchObject({ unchanged: 3, updated: 0 })
    const corrected = await importRecords(client, { ...order, csv: csv.replace('182.5', '183') })
    expect(countsOf(corrected)).toMatchObject({ created: 0, updated: 1, unchanged: 2 })
    const data = await client.must(
      '{ exchangeRates(filter: { currency: { in: ["SEK", "JPY"] } }, orderBy: [{ currency: ASC }, { validFrom: DESC }]) { nodes { currency rate validFrom source } } }',
    )
    const source = 'European Central Bank'
    expect(listAt(data, 'exchangeRates.nodes')).toEqual([
      { currency: 'JPY', rate: '183.00', validFrom: '2026-02-03', source },
      { currency: 'SEK', rate: '11.123456', validFrom: '2026-02-04', source },
      { currency: 'SEK', rate: '11.0865', validFrom: '2026-02-03', source },
    ])
  })
})
