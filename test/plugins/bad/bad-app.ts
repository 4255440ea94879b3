import { pino } from 'pino'
import { expect } from 'vitest'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../../support/app.ts'
import { expectCore, expectReads } from './corpus.ts'
import { readState, stateChanges } from './database-state.ts'

/** A server with bad plugins, and its log. */
export interface BadApp extends TestApp {
  /** The log lines about a plugin since the last call. */
  logged(plugin: string): readonly Readonly<Record<string, unknown>>[]
}

export async function openBadApp(
  plugins: NonNullable<TestAppOptions['plugins']>,
  options: Pick<TestAppOptions, 'enable'> = {},
): Promise<BadApp> {
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const app = await createTestApp({ plugins, log, ...options })
  return {
    ...app,
    logged: (plugin) =>
      lines
        .splice(0)
        .map((line): Record<string, unknown> => JSON.parse(line))
        .filter((line) => line['plugin'] === plugin),
  }
}

/** The plugins without folders, for `openBadApp`. */
export const alone = (plugins: readonly Plugin[]) => plugins.map((plugin) => ({ plugin }))

/**
 * Runs a misdeed of a plugin and returns its result. Expects that core works in two workspaces meanwhile and
 * afterwards, and that no table has more or fewer rows.
 */
export async function expectNothingWritten<Answer>(app: BadApp, misdeed: () => Promise<Answer>): Promise<Answer> {
  const before = await readState(app.database.ownerPool)
  const [answer] = await Promise.all([misdeed(), expectReads(app)])
  expect(stateChanges(before, await readState(app.database.ownerPool))).toEqual([])
  await expectCore(app)
  return answer
}
