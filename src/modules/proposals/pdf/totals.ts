import { addElement, drawArtifact, drawAs, type Flow, needHeight, type Structure } from './flow.ts'
import { TINT, type Wording } from './line-table.ts'
import { FAINT_INK, heightOf, type TextStyle, write } from './page.ts'
import type { ProposalTotals } from './proposal.ts'

const WIDTH = 250
const PADDING = 5

interface Amount {
  readonly label: string
  readonly amount: string
  readonly isTotal?: true
}

/** Writes the amounts under the lines, at the right edge, all on one page. */
export function writeTotals(flow: Flow, totals: ProposalTotals, wording: Wording, color: string): void {
  const amounts = amountsOf(totals, wording)
  const heights = amounts.map(
    (amount) => heightOf(flow.pdf, amount.label, WIDTH / 2, styleOf(amount, color)) + PADDING * 2,
  )
  flow.y += 10
  needHeight(
    flow,
    heights.reduce((sum, height) => sum + height, 0),
  )
  const table = addElement(flow, flow.root, 'Table')
  for (const [index, amount] of amounts.entries()) writeAmount(flow, table, amount, heights[index] ?? 0, color)
  table.end()
  flow.y += 18
}

function amountsOf(totals: ProposalTotals, { words, formats }: Wording): Amount[] {
  const { subtotal, discount, discountPercent, taxes, total } = totals
  const withPercent = (label: string, percent: string | null) =>
    percent === null ? label : `${label} (${formats.percent(percent)})`
  return [
    { label: words.subtotal, amount: formats.money(subtotal) },
    ...(discount === null
      ? []
      : [{ label: withPercent(words.discount, discountPercent), amount: formats.money(`-${discount}`) }]),
    ...taxes.map(({ percent, amount }) => ({ label: withPercent(words.tax, percent), amount: formats.money(amount) })),
    { label: words.total, amount: formats.money(total), isTotal: true },
  ]
}

function styleOf({ isTotal }: Amount, color: string): TextStyle {
  return isTotal ? { size: 12, isBold: true, color } : { color: FAINT_INK }
}

function writeAmount(flow: Flow, table: Structure, amount: Amount, height: number, color: string): void {
  const { pdf, area } = flow
  const left = area.right - WIDTH
  if (amount.isTotal) drawArtifact(flow, () => pdf.rect(left - PADDING, flow.y, WIDTH + PADDING * 2, height).fill(TINT))
  const row = addElement(flow, table, 'TR')
  const style = styleOf(amount, color)
  const texts = [
    { type: 'TH', text: amount.label, x: left, style },
    { type: 'TD', text: amount.amount, x: left + WIDTH / 2, style: amount.isTotal ? style : {} },
  ]
  for (const { type, text, x, style: own } of texts) {
    const cell = addElement(flow, row, type)
    const align = type === 'TD' ? 'right' : 'left'
    drawAs(flow, cell, () => write(pdf, text, { x, y: flow.y + PADDING, width: WIDTH / 2 }, { ...own, align }))
    cell.end()
  }
  row.end()
  flow.y += height
}
