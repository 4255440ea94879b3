import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FILES, type ImportSite, openImportSite, SET } from './import-site.ts'
import { runCommand } from './run-command.ts'

let site: ImportSite

beforeAll(async () => {
  site = await openImportSite()
})
afterAll(() => site.close())

describe('`rapport import --set` with faults', () => {
  it.each([
    [
      'a date',
      'A1,Mei-Mei Johns,GTXPro,Sub,Won,20/10/2016,3/1/2017,5',
      'column engage_date (stageHistory.1.enteredAt): "20/10/2016" is not',
    ],
    [
      'a number',
      'A1,Mei-Mei Johns,GTXPro,Sub,Won,10/20/2016,3/1/2017,much',
      'column close_value (lines.unitPrice): "much" is not a number',
    ],
    [
      'an unknown owner',
      'A1,Nobody,GTXPro,Sub,Won,10/20/2016,3/1/2017,5',
      'owner.email: User with the email "nobody@crm-sales.example"',
    ],
    [
      'an unknown product',
      'A1,Mei-Mei Johns,GTX Prof,Sub,Won,10/20/2016,3/1/2017,5',
      'column product (lines.product.sku): Product with the sku "GTX Prof"',
    ],
    [
      'an unknown stage',
      'A1,Mei-Mei Johns,GTXPro,Sub,Wonn,10/20/2016,3/1/2017,5',
      ': deal_stage: "Wonn" is not one of the values of lossReason.name',
    ],
    [
      'days in the wrong order',
      'A1,Mei-Mei Johns,GTXPro,Sub,Won,10/20/2016,3/1/2016,5',
      'column close_date (stageHistory.2.enteredAt): Must not be before',
    ],
  ])('reports %s with file, line and column, and writes nothing of the set', async (_, line, message) => {
    const header = FILES['sales_pipeline.csv'].split('\n')[0]
    const there = await site.place({ 'sales_pipeline.csv': `${header}\n${line}\n` })
    const failure = await site.importSet(there).catch((error: unknown) => String(error))
    expect(failure).toContain('sales_pipeline.csv, line 2')
    expect(failure).toContain(message)
    expect(failure).toContain('Nothing of the set was written.')
    expect(await there.rows('select count(*)::int as count from accounts where workspace_id = $1')).toEqual([
      { count: 0 },
    ])
  })

  it('reports rows of one record that say different things', async () => {
    const there = await site.place()
    const set = await site.setWith((text) =>
      text.replace('"displayName": { "column": "manager" }', '"displayName": { "column": "sales_agent" }'),
    )
    await expect(site.importSet(there, set)).rejects.toThrow(
      'sales_teams.csv, line 2, column sales_agent (displayName): It is "Zoë Levy" here and "Mei-Mei Johns" on line 2',
    )
  })

  it.each([
    ['is not JSON', (text: string) => text.slice(0, 100), /JSON at position/],
    [
      'has an unknown part',
      (text: string) => text.replace('"mergeRows"', '"mergeRow"'),
      /steps\.0: Unrecognized key: "mergeRow"/,
    ],
    [
      'names no source of a field',
      (text: string) => text.replace('{ "column": "sector" }', '{}'),
      /steps\.\d\.fields\.industry: Give exactly one of/,
    ],
    [
      'names a column that a file lacks',
      (text: string) => text.replace('"column": "sector"', '"column": "sectr"'),
      /Step “Accounts”, fields\.industry: accounts\.csv has no column sectr\. It has: account, sector/,
    ],
    [
      'corrects a column that a file lacks',
      (text: string) => text.replace('"sector": {', '"sectr": {'),
      /corrections\.accounts\.csv: accounts\.csv has no column sectr/,
    ],
    [
      'names a field that an object lacks',
      (text: string) => text.replace('"industry": {', '"industri": {'),
      /Step “Accounts”, field industri: Account has no field industri/,
    ],
    [
      'names an object that does not exist',
      (text: string) => text.replace('"Account"', '"Acount"'),
      /Step “Accounts”, object: Records of Acount can't be imported/,
    ],
    [
      'names a file in another folder',
      (text: string) => text.replaceAll('"products.csv"', '"../products.csv"'),
      /steps\.\d\.file: The name of a file, without a folder/,
    ],
    [
      'names a file that does not exist',
      (text: string) => text.replaceAll('"products.csv"', '"produce.csv"'),
      /produce\.csv can't be read: ENOENT/,
    ],
  ])('refuses a set that %s', async (_, change, message) => {
    const there = await site.place()
    await expect(site.importSet(there, await site.setWith(change))).rejects.toThrow(message)
    expect(await there.rows('select count(*)::int as count from teams where workspace_id = $1')).toEqual([{ count: 0 }])
  })

  it('refuses options of a single file, and a set without its folder', async () => {
    const there = await site.place()
    await expect(site.importSet(there, SET, '--object', 'account')).rejects.toThrow('--object is for a single CSV file')
    await expect(runCommand(site.config, 'import', '--set', SET, '--workspace', there.slug)).rejects.toThrow(
      'with --from',
    )
  })
})
