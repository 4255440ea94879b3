import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { expect } from 'vitest'
import { coreParts } from '../../../src/core.ts'
import { addPlugin } from '../../../src/platform/plugins/lifecycle/add-plugin.ts'
import type { Installation } from '../../../src/platform/plugins/lifecycle/installation.ts'
import { planPlugin } from '../../../src/platform/plugins/lifecycle/plan-plugin.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { type DatabaseState, readState, stateChanges } from './database-state.ts'

/** An installation with a folder of plugins, and a server with two workspaces on the same database. */
export interface Corpus {
  readonly app: TestApp
  readonly installation: Installation
  /** Writes files into the folder. The names are relative to it. */
  write(files: Readonly<Record<string, string>>): Promise<void>
  add(folder: string): Promise<void>
  /** The problems that `rapport plugin plan` reports, one per line. */
  plan(folder: string): Promise<string>
  state(): Promise<DatabaseState & { readonly config: string }>
  close(): Promise<void>
}

export async function openCorpus(): Promise<Corpus> {
  const app = await createTestApp()
  const folder = await mkdtemp(join(tmpdir(), 'rapport-bad-'))
  // Like in a project that has Rapport as a dependency.
  await symlink(join(import.meta.dirname, '../../../node_modules'), join(folder, 'node_modules'))
  const configPath = join(folder, 'rapport.config.ts')
  const installation = { configPath, databaseUrl: app.databaseUrl, core: await coreParts() }
  return {
    app,
    installation,
    async write(files) {
      for (const [file, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, file)), { recursive: true })
        await writeFile(join(folder, file), text)
      }
    },
    async add(name) {
      await addPlugin(installation, `./plugins/${name}`, async () => true)
    },
    async plan(name) {
      const client = new pg.Client({ connectionString: app.databaseUrl })
      await client.connect()
      try {
        return (await planPlugin(client, installation, `./plugins/${name}`)).problems.join('\n')
      } finally {
        await client.end()
      }
    },
    state: async () => ({
      ...(await readState(app.database.ownerPool)),
      config: await readFile(configPath, 'utf8').catch(() => ''),
    }),
    async close() {
      await app.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Writes a bad plugin and expects that adding it is refused with its name and the reason, and leaves nothing in the
 * database. Adding begins with the plan, which has to refuse the plugin unless `onlyByAdd` is set.
 */
export async function expectRefused(
  corpus: Corpus,
  folder: string,
  files: Readonly<Record<string, string>>,
  { reason, onlyByAdd = false }: { readonly reason: RegExp; readonly onlyByAdd?: boolean },
): Promise<void> {
  await corpus.write(files)
  const before = await corpus.state()
  const adding = corpus.add(folder).then(
    () => 'It was added.',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  const [refusal] = await Promise.all([adding, expectReads(corpus.app)])
  expect(refusal.includes("can't be added; nothing was changed."), refusal).toBe(!onlyByAdd)
  expect(refusal).toMatch(reason)
  expect(refusal).toContain(folder)
  const after = await corpus.state()
  expect(stateChanges(before, after)).toEqual([])
  expect(after.config).toBe(before.config)
  await expectCore(corpus.app)
}

/** Expects that the plan alone reports the problem of a plugin that is already written, and changes nothing. */
export async function expectPlanRefuses(corpus: Corpus, folder: string, reason: RegExp): Promise<void> {
  const before = await corpus.state()
  const [problems] = await Promise.all([corpus.plan(folder), expectReads(corpus.app)])
  expect(problems).toMatch(reason)
  const after = await corpus.state()
  expect(stateChanges(before, after)).toEqual([])
  expect(after.config).toBe(before.config)
}

/** Expects that records of core can be read in both workspaces. */
export async function expectReads(app: TestApp): Promise<void> {
  for (const workspace of ['acme', 'globex'] as const) {
    const data = await app.as('reader', workspace).must('{ accounts(first: 1) { totalCount nodes { name } } }')
    expect(at(data, 'accounts.totalCount')).toEqual(expect.any(Number))
  }
}

let count = 0

/** Expects that records of core can be read and written in both workspaces. */
export async function expectCore(app: TestApp): Promise<void> {
  await expectReads(app)
  for (const workspace of ['acme', 'globex'] as const) {
    const name = `Core ${++count}`
    const made = await app
      .as('member', workspace)
      .must(
        'mutation ($name: String!) { createAccount(input: { name: $name }) { account { id name } userErrors { code } } }',
        {
          name,
        },
      )
    expect(at(made, 'createAccount')).toMatchObject({ account: { name }, userErrors: [] })
    const data = await app
      .as('reader', workspace)
      .must('query ($id: ID!) { account(id: $id) { name version } }', { id: at(made, 'createAccount.account.id') })
    expect(at(data, 'account')).toEqual({ name, version: 1 })
  }
}
