import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import type { DealHistory } from '../../../src/modules/forecasts/projection/history.ts'

// Files in a folder next to the project, which is not part of it.
const FOLDER = resolve('../shared/data/crm-sales-opportunities')

/** Whether the public data set of sales opportunities is there. */
export const hasCrmDeals = existsSync(FOLDER)

function rows<Row>(file: string, row: z.ZodType<Row>): Row[] {
  return z.array(row).parse(parse(readFileSync(resolve(FOLDER, file), 'utf8'), { columns: true }))
}

const text = z.string()
const product = z.object({ product: text, series: text, sales_price: text })
const deal = z.object({
  sales_agent: text,
  product: text,
  deal_stage: text,
  engage_date: text,
  close_date: text,
  close_value: text,
})

/** Returns the days since 1970-01-01 of a day such as `10/20/2016`. */
function dayOf(american: string): number {
  const [month = 1, day = 1, year = 1970] = american.split('/').map(Number)
  return Date.UTC(year, month - 1, day) / 86_400_000
}

/**
 * Returns the deals of the set that were engaged. While a deal is open its amount is the list price of the product: what it
 * was sold for is known only when it is won.
 */
export function crmDeals(): DealHistory[] {
  const nameOf = (name: string) => name.replaceAll(' ', '')
  const products = new Map(rows('products.csv', product).map((each) => [nameOf(each.product), each]))
  return rows('sales_pipeline.csv', deal)
    .filter(({ engage_date }) => engage_date !== '')
    .map((each) => {
      const sold = products.get(nameOf(each.product))
      const isWon = each.deal_stage === 'Won'
      return {
        ownerId: each.sales_agent,
        family: sold?.series ?? null,
        stays: [{ stage: 'Engaging', from: dayOf(each.engage_date), amount: Number(sold?.sales_price ?? 0) }],
        closedOn: each.close_date === '' ? null : dayOf(each.close_date),
        isWon,
        closedAmount: isWon ? Number(each.close_value) : null,
      }
    })
}
