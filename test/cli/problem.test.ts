import { expect, it } from 'vitest'
import { knownProblem } from '../../src/cli/problem.ts'
import { readConfig } from '../../src/config.ts'
import { EmbeddedPostgresError } from '../../src/platform/data/embedded/embedded-error.ts'

const config = readConfig({ DATABASE_URL: 'postgres://crm:hunter2@db.example:5433/rapport', PORT: '4100' })

it.each([
  [
    'ECONNREFUSED',
    'Cannot reach PostgreSQL at db.example:5433/rapport as crm: because. Start it, or correct DATABASE_URL.',
  ],
  ['28P01', 'PostgreSQL at db.example:5433/rapport as crm refuses the connection: because.'],
  ['42P01', 'Run: rapport migrate'],
  ['EADDRINUSE', 'Port 4100 of 127.0.0.1 is used by another program.'],
])('the command line explains the error %s without showing the password of the database', (code, expected) => {
  const message = knownProblem(Object.assign(new Error('because'), { code }), config)
  expect(message).toContain(expected)
  expect(message).not.toContain('hunter2')
})

it('the command line explains a failed connection to a host with two addresses by the error of the first address', () => {
  const failures = ['::1', '127.0.0.1'].map((address) =>
    Object.assign(new Error(`connect ${address}`), { code: 'ECONNREFUSED' }),
  )
  expect(knownProblem(new AggregateError(failures), config)).toContain('connect ::1')
})

it('the command line shows messages written for the operator unchanged, and adds no explanation to a bug in Rapport', () => {
  expect(knownProblem(new EmbeddedPostgresError('Do this.'), config)).toBe('Do this.')
  expect(knownProblem(new TypeError('x is not a function'), config)).toBeNull()
})
