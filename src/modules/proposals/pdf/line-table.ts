import type { ProposalFormats } from '../formats.ts'
import type { ProposalWords } from '../words.ts'
import type { Flow } from './flow.ts'
import { FAINT_INK, type Pdf, widthOf } from './page.ts'
import type { Proposal, ProposalGroup, ProposalLine } from './proposal.ts'
import { type Cell, type Column, type Row, writeTable } from './table.ts'

/** What the parts of the letter need besides the proposal. */
export interface Wording {
  readonly words: ProposalWords
  readonly formats: ProposalFormats
}

/** Background of the name of a group. */
export const TINT = '#f3f5f7'

const GAP = 12
const FAINT = { size: 8, color: FAINT_INK }

/** A column of which a line fills a cell. */
interface LineColumn {
  readonly title: string
  readonly align: 'left' | 'right'
  /** Width from which on texts are wrapped, in points. Default: they never are. */
  readonly widest?: number
  cell(line: ProposalLine, position: number): Cell
}

/** Writes the table of the lines, by groups. Columns in which no line has a value are left out. */
export function writeLines(flow: Flow, proposal: Proposal, wording: Wording): void {
  const lines = proposal.groups.flatMap((group) => group.lines)
  const lineColumns = columnsOf(lines, wording)
  const columns = placeColumns(flow, lineColumns, proposal, wording)
  let position = 0
  const rows = proposal.groups.flatMap((group): Row[] => [
    ...groupHead(group, columns.length),
    ...group.lines.map((line) => {
      position++
      return { cells: lineColumns.map((column) => column.cell(line, position)) }
    }),
    ...groupFoot(group, columns.length, wording),
  ])
  writeTable(flow, columns, rows, { size: 8, isBold: true, color: proposal.design.color })
}

function columnsOf(lines: readonly ProposalLine[], { words, formats }: Wording): LineColumn[] {
  const text = (value: string): Cell => [{ text: value }]
  const hasDiscount = lines.some(({ discountPercent }) => discountPercent !== null)
  const hasTax = lines.some(({ taxPercent }) => taxPercent !== null)
  const percent = (value: string | null) => text(value === null ? '' : formats.percent(value))
  return [
    { title: words.position, align: 'left', cell: (_, position) => text(formats.number(String(position))) },
    { title: words.item, align: 'left', cell: itemCell },
    {
      title: words.quantity,
      align: 'right',
      widest: 96,
      cell: ({ quantity, unit }) => text([formats.number(quantity), unit ?? ''].join(' ').trim()),
    },
    { title: words.unitPrice, align: 'right', cell: ({ unitPrice }) => text(formats.money(unitPrice)) },
    ...(hasDiscount
      ? [
          {
            title: words.discount,
            align: 'right' as const,
            cell: (line: ProposalLine) => percent(line.discountPercent),
          },
        ]
      : []),
    ...(hasTax
      ? [{ title: words.tax, align: 'right' as const, cell: (line: ProposalLine) => percent(line.taxPercent) }]
      : []),
    { title: words.amount, align: 'right', cell: ({ total }) => text(formats.money(total)) },
  ]
}

function itemCell({ name, sku, description }: ProposalLine): Cell {
  return [
    { text: name, style: { isBold: true } },
    ...(sku === null ? [] : [{ text: sku, style: FAINT }]),
    ...(description === null ? [] : [{ text: description, style: FAINT }]),
  ]
}

const ITEM = 1

/** Places the columns: each is as wide as its widest text, and the names of items get the rest. */
function placeColumns(
  { pdf, area }: Flow,
  columns: readonly LineColumn[],
  { groups }: Proposal,
  { formats }: Wording,
): Column[] {
  const lines = groups.flatMap((group) => group.lines)
  // The amounts of the groups are in the last column too.
  const ofGroups = groups.flatMap(({ discount, total }) => [`-${discount ?? '0'}`, total].map(formats.money))
  const widths = columns.map((column, index) => {
    if (index === ITEM) return 0
    const width = widthOfColumn(pdf, column, lines, index === columns.length - 1 ? ofGroups : [])
    return Math.min(width, column.widest ?? width)
  })
  const available = area.right - area.left - GAP * (columns.length - 1)
  widths[ITEM] = available - widths.reduce((sum, width) => sum + width, 0)
  let x = area.left
  return columns.map(({ title, align }, index) => {
    const width = widths[index] ?? 0
    const column = { title, align, x, width }
    x += width + GAP
    return column
  })
}

function widthOfColumn(
  pdf: Pdf,
  column: LineColumn,
  lines: readonly ProposalLine[],
  boldTexts: readonly string[],
): number {
  const cells = lines.flatMap((line, index) => column.cell(line, index + 1))
  const widths = [
    widthOf(pdf, column.title, { size: 8, isBold: true }),
    ...cells.map(({ text, style }) => widthOf(pdf, text, style)),
    ...boldTexts.map((text) => widthOf(pdf, text, { isBold: true })),
  ]
  // One point for what rounding takes.
  return Math.max(...widths) + 1
}

function groupHead({ name }: ProposalGroup, columns: number): Row[] {
  if (name === null) return []
  const cells = [[{ text: name, style: { isBold: true } }]]
  return [{ cells, spans: columns, background: TINT, isHeading: true }]
}

function groupFoot({ name, discount, total }: ProposalGroup, columns: number, { words, formats }: Wording): Row[] {
  const row = (label: string, amount: string, isBold: boolean): Row => ({
    cells: [[{ text: label, style: { isBold, align: 'right' } }], [{ text: amount, style: { isBold } }]],
    spans: columns - 1,
  })
  return [
    ...(discount === null ? [] : [row(words.discount, formats.money(`-${discount}`), false)]),
    ...(name === null ? [] : [row(`${words.subtotal} ${name}`, formats.money(total), true)]),
  ]
}
