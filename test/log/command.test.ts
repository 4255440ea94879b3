import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { auditCommand } from '../../src/cli/commands/audit.ts'
import { readConfig } from '../../src/config.ts'
import {
  type AuditDatabase,
  type AuditedWorkspace,
  createAuditDatabase,
  sealEverything,
  writeEntries,
} from './audit-database.ts'

let audit: AuditDatabase
let acme: AuditedWorkspace

beforeAll(async () => {
  audit = await createAuditDatabase()
  acme = await audit.addWorkspace('acme')
  await audit.addWorkspace('globex')
})
afterAll(() => audit.close())

/** Runs `rapport audit …`. Returns the lines that it printed, and its error. */
async function rapportAudit(...args: string[]): Promise<{ readonly lines: string[]; readonly error: unknown }> {
  const lines: string[] = []
  const config = readConfig({ DATABASE_URL: audit.url })
  const command = auditCommand({
    config: () => config,
    log: () => pino({ level: 'silent' }),
    print: (line) => lines.push(line),
  })
  try {
    await command.exitOverride().parseAsync(args, { from: 'user' })
    return { lines, error: null }
  } catch (error) {
    return { lines, error }
  }
}

describe('`rapport audit`', () => {
  it('seals audit entries, and reports how many match their seals', async () => {
    await writeEntries(audit.owner, acme, 3)
    const unsealed = await rapportAudit('verify')
    expect(unsealed.lines[0]).toBe('acme: 0 entries match their seals (seals: 0), 3 not sealed yet.')
    expect((await rapportAudit('seal')).lines[0]).toMatch(/^Sealed [03] entries of [01] workspaces\.$/)
    await sealEverything(audit.owner)
    const { lines, error } = await rapportAudit('verify')
    expect(error).toBeNull()
    expect(lines).toEqual([
      expect.stringMatching(
        /^acme: 3 entries match their seals \(seals: \d\), 0 not sealed yet\. The newest hash is [0-9a-f]{64}\.$/,
      ),
      'globex: 0 entries match their seals (seals: 0), 0 not sealed yet.',
    ])
  })

  it('with `verify --expect` finds the seal with that hash, and fails when no seal has that hash', async () => {
    const { lines } = await rapportAudit('verify', '--workspace', 'acme')
    expect(lines).toHaveLength(1)
    const hash = /[0-9a-f]{64}/.exec(lines[0] ?? '')?.[0] ?? ''
    const kept = await rapportAudit('verify', '--expect', hash)
    expect(kept.error).toBeNull()
    expect(kept.lines.at(-1)).toMatch(/^The expected hash is the hash of seal \d of acme\.$/)
    const other = await rapportAudit('verify', '--expect', 'a'.repeat(64))
    expect(other.lines.at(-1)).toContain('No seal has the expected hash')
    expect(String(other.error)).toContain('Some entries of the audit were changed after they were sealed')
  })

  it('with `verify` fails when sealed entries were changed', async () => {
    await audit.owner.query(`update audit_entries set changes = '{}'`)
    const { lines, error } = await rapportAudit('verify')
    expect(lines[0]).toMatch(/^acme: WRONG\. Seal 1 \(transactions 0 to \d+\) does not fit: it, one of its entries/)
    expect(lines[1]).toContain('globex: 0 entries')
    expect(String(error)).toContain('Some entries of the audit were changed after they were sealed')
  })

  it.each([
    ['the newest seal was removed', 'newest', 2, 1],
    ['every seal was removed', 'every', 1, 2],
    ['no server has sealed the entries', 'none', 3, 2],
  ])('with `verify` fails when entries older than 5 minutes are not sealed: %s', async (_, slug, from, count) => {
    const workspace = await audit.addWorkspace(slug)
    for (let turn = 0; turn < 2; turn++) {
      await writeEntries(audit.owner, workspace, 1)
      if (slug !== 'none') await sealEverything(audit.owner)
    }
    await audit.owner.query('delete from audit_seals where workspace_id = $1 and number >= $2', [
      workspace.workspaceId,
      from,
    ])
    const age = (minutes: number) =>
      audit.owner.query(
        `update audit_entries e set at = now() - $2 * interval '1 minute' where workspace_id = $1 and not exists (
           select from audit_seals s where s.workspace_id = e.workspace_id and e.xid < s.to_xid)`,
        [workspace.workspaceId, minutes],
      )
    await age(4)
    expect(await rapportAudit('verify', '--workspace', slug)).toMatchObject({
      lines: [expect.stringContaining(`${count} not sealed yet.`)],
      error: null,
    })
    await age(6)
    // Transactions of other test files in the same cluster delay the sealing, and what they delay is not late.
    const error = await vi.waitFor(
      async () => {
        const { lines, error } = await rapportAudit('verify', '--workspace', slug)
        expect(lines[0]).toContain(`${slug}: WRONG. Entries that are older than 5 minutes are in no seal (${count};`)
        return error
      },
      { timeout: 20_000, interval: 50 },
    )
    expect(String(error)).toContain('in no seal')
    await sealEverything(audit.owner)
  })

  it.each([
    [['verify', '--workspace', 'nowhere'], 'There is no workspace nowhere.'],
    [['verify', '--expect', 'abc'], '64 hexadecimal digits'],
  ])('refuses the arguments %j', async (args, message) => {
    expect(String((await rapportAudit(...args)).error)).toContain(message)
  })
})
