import { describe, expect, it } from 'vitest'
import { readCsv } from '../../src/platform/imports/notation/csv.ts'

describe('readCsv', () => {
  it('returns the rows of a file that arrives in chunks of any size, also when a chunk ends within a character', async () => {
    const bytes = Buffer.from('\uFEFFname,city\nÄlg,"Malmö\nSverige"\n日本,東京\n')
    for (const size of [1, 2, 3, 7, 1_000]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      )
      const { rows } = await readCsv(pieces)
      expect(rows.map(({ line, cells }) => [line, ...cells])).toEqual([
        [2, 'Älg', 'Malmö\nSverige'],
        [4, '日本', '東京'],
      ])
    }
  })

  it('counts a CRLF within quotes as one line break, so that later rows have the right line number', async () => {
    const { rows } = await readCsv(['a,b\r\n"x\r\ny\r\nz",1\r\n\r\nw,2\r\n'])
    expect(rows.map(({ line }) => line)).toEqual([2, 6])
  })

  it('reports a row that is not UTF-8, and reads the next row', async () => {
    const { rows } = await readCsv([Buffer.from('name,city\nMalm\u00f6,x\nOslo,y\n', 'latin1')])
    expect(rows.map(({ problem }) => problem)).toEqual(['The row is not UTF-8 text. Save the file as UTF-8.', null])
  })

  it('reports a row with a stray quote and reads the next row, and reports a quote that is never closed', async () => {
    const stray = await readCsv(['a,b\n1,x"y\n2,z\n'])
    expect(stray.rows).toMatchObject([
      { line: 2, problem: expect.stringContaining('quote') },
      { line: 3, cells: ['2', 'z'], problem: null },
    ])
    const open = await readCsv(['a,b\n1,"x\n2,z\n'])
    expect(open.rows).toEqual([
      { line: expect.any(Number), cells: [], problem: expect.stringContaining('Quote Not Closed') },
    ])
  })

  it.each([
    ['', []],
    ['\n\n', []],
    ['a', ['a']],
    ['"a;b",c', ['a;b', 'c']],
    ['a;b,c;d', ['a', 'b,c', 'd']],
  ])('finds the columns of %j', async (text, header) => expect((await readCsv([text])).header).toEqual(header))

  it('throws the error that the source of the bytes throws', async () => {
    async function* failing() {
      yield 'a,b\n'
      throw new Error('The disk is gone.')
    }
    await expect(readCsv(failing())).rejects.toThrow('The disk is gone.')
  })
})
