import { addElement, drawArtifact, drawAs, type Flow, nextPage, type Structure } from './flow.ts'
import { heightOf, RULE, splitAt, type TextStyle, write } from './page.ts'

/** A column of a table. */
export interface Column {
  readonly title: string
  /** Distance from the left edge of the page, and width, in points. */
  readonly x: number
  readonly width: number
  readonly align: 'left' | 'right'
}

/** Texts below each other in a cell. */
export type Cell = readonly { readonly text: string; readonly style?: TextStyle }[]

/** A row: cells over the columns, or one cell over all of them. */
export interface Row {
  readonly cells: readonly Cell[]
  /** Colour behind the row; without it the row has a line below it. */
  readonly background?: string
  /** Whether the row heads the ones after it, so that a page never ends with it. */
  readonly isHeading?: boolean
  /** Number of columns that the first cell spans; 1 by default. */
  readonly spans?: number
}

const PADDING = 5
/** Least height of a row that begins at the bottom of a page. */
const LEAST_HEIGHT = 30

/**
 * Writes a table over as many pages as it needs. Its head is repeated on each page. A row stays on one page unless it is
 * higher than a page.
 */
export function writeTable(flow: Flow, columns: readonly Column[], rows: readonly Row[], headStyle: TextStyle): void {
  const table = addElement(flow, flow.root, 'Table')
  const heading: Row = { cells: columns.map(({ title }) => [{ text: title, style: headStyle }]) }
  const headHeight = rowHeight(flow, columns, heading)
  const pageHeight = flow.area.bottom - flow.area.top - headHeight
  if (flow.y + headHeight + LEAST_HEIGHT * 2 > flow.area.bottom) nextPage(flow)
  writeRow(flow, columns, heading, addElement(flow, table, 'TR'), 'TH')
  const breakPage = () => {
    nextPage(flow)
    // The repeated head says nothing new.
    drawArtifact(flow, () => drawCells(flow, columns, heading, null))
    finishRow(flow, columns, headHeight, heading)
  }
  for (const [index, row] of rows.entries()) {
    const height = rowHeight(flow, columns, row)
    const next = row.isHeading ? rows[index + 1] : undefined
    const needed = height + (next ? Math.min(rowHeight(flow, columns, next), LEAST_HEIGHT * 2) : 0)
    if (flow.y + needed > flow.area.bottom && (height <= pageHeight || flow.y + LEAST_HEIGHT > flow.area.bottom))
      breakPage()
    const element = addElement(flow, table, 'TR')
    if (height <= pageHeight) writeRow(flow, columns, row, element, 'TD')
    else writeLongRow(flow, columns, row, element, breakPage)
  }
  table.end()
}

function rowHeight({ pdf }: Flow, columns: readonly Column[], row: Row): number {
  const heights = row.cells.map((cell, index) => {
    const { width } = placeOf(columns, row, index)
    return cell.reduce((sum, { text, style }) => sum + heightOf(pdf, text, width, style), 0)
  })
  return Math.max(...heights) + PADDING * 2
}

/** Returns where a cell is: the first one may span several columns. */
function placeOf(columns: readonly Column[], { spans = 1 }: Row, index: number): Column {
  const column = columns[index === 0 ? 0 : index + spans - 1]
  const last = index === 0 ? columns[spans - 1] : column
  if (!column || !last) throw new RangeError(`The table has no column for the cell ${index}.`)
  return { ...column, align: index === 0 && spans > 1 ? 'left' : column.align, width: last.x + last.width - column.x }
}

function writeRow(flow: Flow, columns: readonly Column[], row: Row, element: Structure, type: 'TH' | 'TD'): void {
  const height = rowHeight(flow, columns, row)
  fillBackground(flow, columns, row, height)
  const cells = row.cells.map(() => addElement(flow, element, type))
  drawCells(flow, columns, row, cells)
  for (const cell of cells) cell.end()
  element.end()
  finishRow(flow, columns, height, row)
}

/** Draws the cells at the position of the flow, each as content of its element; without elements as decoration. */
function drawCells(flow: Flow, columns: readonly Column[], row: Row, elements: readonly Structure[] | null): void {
  for (const [index, cell] of row.cells.entries()) {
    const { x, width, align } = placeOf(columns, row, index)
    const draw = () => {
      let y = flow.y + PADDING
      for (const { text, style } of cell) y += write(flow.pdf, text, { x, y, width }, { align, ...style })
    }
    const element = elements?.[index]
    if (element) drawAs(flow, element, draw)
    else draw()
  }
}

/** Writes a row whose first text columns go on over several pages. */
function writeLongRow(
  flow: Flow,
  columns: readonly Column[],
  row: Row,
  element: Structure,
  breakPage: () => void,
): void {
  const cells = row.cells.map(() => addElement(flow, element, 'TD'))
  let rest: readonly Cell[] = row.cells
  while (rest.some((cell) => cell.length > 0)) {
    const height = flow.area.bottom - flow.y - PADDING * 2
    const parts = rest.map((cell, index) => splitCell(flow, cell, placeOf(columns, row, index).width, height))
    const part: Row = { ...row, cells: parts.map(([fits]) => fits) }
    drawCells(flow, columns, part, cells)
    finishRow(flow, columns, rowHeight(flow, columns, part), row)
    rest = parts.map(([, after]) => after)
    if (rest.some((cell) => cell.length > 0)) breakPage()
  }
  for (const cell of cells) cell.end()
  element.end()
}

/** Splits a cell in two: as much as fits into a height, and the rest. */
function splitCell({ pdf }: Flow, cell: Cell, width: number, height: number): readonly [fits: Cell, rest: Cell] {
  const fits: Cell[number][] = []
  let left = height
  for (const [index, block] of cell.entries()) {
    const [text, rest] = splitAt(pdf, block.text, width, left, block.style)
    if (text !== '') fits.push({ ...block, text })
    if (rest !== '') return [fits, [{ ...block, text: rest }, ...cell.slice(index + 1)]]
    left -= heightOf(pdf, block.text, width, block.style)
  }
  return [fits, []]
}

function fillBackground(flow: Flow, columns: readonly Column[], { background }: Row, height: number): void {
  if (background === undefined) return
  const { left, right } = extentOf(columns)
  drawArtifact(flow, () => flow.pdf.rect(left - PADDING, flow.y, right - left + PADDING * 2, height).fill(background))
}

/** Moves the flow below a row, and draws the line under it. */
function finishRow(flow: Flow, columns: readonly Column[], height: number, { background }: Row): void {
  flow.y += height
  if (background !== undefined) return
  const { left, right } = extentOf(columns)
  drawArtifact(flow, () => flow.pdf.moveTo(left, flow.y).lineTo(right, flow.y).lineWidth(0.5).stroke(RULE))
}

/** Returns the edges of the texts. */
function extentOf(columns: readonly Column[]): { readonly left: number; readonly right: number } {
  const [first, last] = [columns[0], columns.at(-1)]
  if (!first || !last) throw new RangeError('A table needs a column.')
  return { left: first.x, right: last.x + last.width }
}
