import { PAST } from './values.ts'

/** Values of a row by the model's field names. */
export type Row = Record<string, unknown>

/** What the checks of tables about selling require, by model. */
export const SELLING: Readonly<Record<string, (values: Row, index: number) => void>> = {
  ExchangeRate(values, index) {
    Object.assign(values, { baseCurrency: 'CHF', rate: String(1 + (index % 5)) })
  },
  Pipeline(values, index) {
    Object.assign(values, { name: `Pipeline ${index}`, isDefault: false, idleDays: 14 })
  },
  Stage(values, index) {
    Object.assign(values, { name: `Stage ${index}`, position: index + 1, probability: index % 101 })
  },
  OpportunityMember(values, index) {
    values['splitPercent'] = String(index % 101)
  },
  LossReason(values, index) {
    values['name'] = `Reason ${index}`
  },
  Product(values, index) {
    values['sku'] = `SKU-${index}`
  },
  Opportunity(values, index) {
    const isOpen = values['status'] === 'OPEN'
    Object.assign(values, { amount: positive(values['amount']), probability: index % 101 })
    Object.assign(values, isOpen ? { closedAt: null, closedOn: null } : { closedAt: PAST, closedOn: PAST.slice(0, 10) })
    if (values['status'] !== 'LOST') values['lossReasonId'] = null
    else if (values['lossReasonId'] === null) values['status'] = 'WON'
  },
  ProductOptionGroup(values) {
    Object.assign(values, { minimum: 0, maximum: 2 })
  },
  ProductOption(values) {
    Object.assign(values, { minimumQuantity: '1', defaultQuantity: '2', maximumQuantity: '3' })
  },
  OpportunityLine(values, index) {
    Object.assign(values, { quantity: String(index + 1), discountPercent: '10' })
    Object.assign(values, { unitPriceAmount: '100', totalAmount: '90', discountAmount: null, discountCurrency: null })
  },
  OrderLine(values, index) {
    Object.assign(values, { quantity: String(index + 1), discountPercent: '10', taxPercent: '10' })
  },
  Quote(values, index) {
    const amounts = { subtotalAmount: '100', discountAmount: '10', taxAmount: '19', totalAmount: '109' }
    Object.assign(values, { number: `Q-${index}`, isPrimary: false, discountPercent: String(index % 101), ...amounts })
    // The database refuses these states without an approval.
    if (['APPROVED', 'SENT', 'ACCEPTED'].includes(String(values['status']))) values['status'] = 'RECALLED'
  },
  QuoteLine(values, index) {
    const amounts = { amountAmount: '100', totalAmount: '90', netAmount: '80', taxAmount: '8' }
    Object.assign(values, { quantity: String(index + 1), discountPercent: '10', taxPercent: '10', ...amounts })
    values['unitPriceAmount'] = positive(values['unitPriceAmount'])
  },
  QuoteLineGroup(values, index) {
    Object.assign(values, { name: `Group ${index}`, discountPercent: '10' })
  },
  QuoteVersion(values, index) {
    values['number'] = index + 1
  },
  LeadForm(values, index) {
    Object.assign(values, { name: `Form ${index}`, key: `key-${index}` })
  },
  LeadScoringRule(values, index) {
    Object.assign(values, { name: `Scoring ${index}`, halfLifeDays: 30 })
  },
  LeadAssignmentRule(values, index) {
    values['name'] = `Assignment ${index}`
  },
  Order(values, index) {
    values['number'] = `O-${index}`
  },
  QuoteApprovalPolicy(values, index) {
    values['name'] = `Policy ${index}`
  },
  NegotiationAuthority(values) {
    const limits = { maxDiscountPercent: '10', minMarginPercent: '5' }
    Object.assign(values, { ...limits, maxTotalAmount: positive(values['maxTotalAmount']) })
  },
  ApprovalDelegation(values) {
    values['endsOn'] = values['startsOn']
  },
  PriceBook(values) {
    Object.assign(values, { isDefault: false, validTo: null })
  },
  PriceBookEntry(values, index) {
    Object.assign(values, {
      unitPriceAmount: positive(values['unitPriceAmount']),
      minimumQuantity: String(index),
      validTo: null,
    })
  },
  Quota(values, index) {
    Object.assign(values, periodOf(index), { amountAmount: positive(values['amountAmount']) })
  },
  ForecastAdjustment(values, index) {
    Object.assign(values, periodOf(index), { category: 'COMMIT' })
  },
  ForecastSnapshot(values, index) {
    Object.assign(values, periodOf(index))
  },
}

/** The period of a row: each has a year of its own, because quotas are unique. */
function periodOf(index: number) {
  return {
    year: 2000 + index,
    quarter: index % 3 === 0 ? 1 + (index % 4) : null,
    month: index % 3 === 1 ? 1 + (index % 12) : null,
  }
}

function positive(decimal: unknown): unknown {
  return typeof decimal === 'string' ? decimal.replace('-', '') : decimal
}
