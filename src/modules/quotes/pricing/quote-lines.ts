import type { Values } from '../../../platform/declare/rules/values.ts'

/** A line of a quote as a client gave it, or as it is stored. Decimals are texts, ids are uuids; null for none. */
export interface GivenLine {
  readonly productId: string
  readonly groupName: string | null
  readonly description: string | null
  readonly quantity: string
  readonly unitPrice: string | null
  readonly currency: string | null
  readonly discountPercent: string | null
  readonly taxPercent: string | null
}

/** A group of lines as a client gave it, or as it is stored. */
export interface GivenGroup {
  readonly name: string
  readonly discountPercent: string | null
}

/** A line with its price, and with what is known of its product. */
export interface PricedLine extends GivenLine {
  readonly unitPrice: string
  readonly productName: string
  readonly sku: string
  readonly unit: string | null
  /** Price of one unit by the price books, whoever asks; null when there is none. */
  readonly listPrice: string | null
  /** Cost of one unit in the currency of the quote; null when it is not known. */
  readonly unitCost: string | null
}

/** Returns a line from the column values of an item: of a write, or of a stored row. */
export function givenLine(row: Values): GivenLine {
  return {
    productId: String(row['productId']),
    groupName: textOrNull(row['groupName']),
    description: textOrNull(row['description']),
    quantity: String(row['quantity']),
    unitPrice: textOrNull(row['unitPriceAmount']),
    currency: textOrNull(row['currency']),
    discountPercent: textOrNull(row['discountPercent']),
    taxPercent: textOrNull(row['taxPercent']),
  }
}

/** Returns a group of lines from the column values of an item. */
export function givenGroup(row: Values): GivenGroup {
  return { name: String(row['name']), discountPercent: textOrNull(row['discountPercent']) }
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}
