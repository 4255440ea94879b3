/** How a proposal writes amounts, numbers and days. */
export interface ProposalFormats {
  /** An amount with its currency, with the minor units of the currency, and more where the amount has more. */
  money(amount: string): string
  /** A number, such as a quantity. */
  number(decimal: string): string
  /** A percentage: `19` is 19 %. */
  percent(decimal: string): string
  /** A day in full, such as `31 January 2026`. */
  day(day: string): string
}

/**
 * Returns the formats of a locale, by the data of the Unicode CLDR that Node contains. Decimals are formatted from their
 * text, never as floating-point numbers. Days have no time zone: the same day is written everywhere.
 * @param locale BCP 47 tag
 * @param currency ISO 4217 code
 * @throws RangeError for a malformed locale or currency
 */
export function formatsOf(locale: string, currency: string): ProposalFormats {
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency })
  // Unit prices may have fractions of a minor unit.
  const finerMoney = new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 6 })
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 })
  const percent = new Intl.NumberFormat(locale, { style: 'unit', unit: 'percent', maximumFractionDigits: 4 })
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
  const minorDigits = money.resolvedOptions().maximumFractionDigits ?? 2
  return {
    money: (amount) => (placesOf(amount) > minorDigits ? finerMoney : money).format(numeric(amount)),
    number: (decimal) => number.format(numeric(decimal)),
    percent: (decimal) => percent.format(numeric(decimal)),
    day: (text) => day.format(new Date(`${text}T00:00:00Z`)),
  }
}

/** Returns the number of decimal places without zeros at the end. */
function placesOf(decimal: string): number {
  return decimal.split('.', 2)[1]?.replace(/0+$/, '').length ?? 0
}

function numeric(decimal: string): `${number}` {
  if (!isNumeric(decimal)) throw new RangeError(`${decimal} is not a decimal number.`)
  return decimal
}

function isNumeric(text: string): text is `${number}` {
  return /^-?\d+(\.\d+)?$/.test(text)
}
