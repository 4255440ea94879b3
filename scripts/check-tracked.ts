import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

// Reports what must not be committed and no other check finds.

const root = join(import.meta.dirname, '..')
const problems = [...generatedFiles(), ...lockFilesWithAddresses()]
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

/** Returns the problems of committed files that are generated. */
function generatedFiles(): string[] {
  const tracked = execFileSync('git', ['ls-files', '-z', '--', 'generated', '.rapport', '*node_modules/*'], {
    cwd: root,
    encoding: 'utf8',
  })
  return tracked
    .split('\0')
    .filter((path) => path !== '')
    .map((path) => `${path} is committed, but it is generated on each machine. Remove it with: git rm --cached ${path}`)
}

/**
 * Returns the problems of lock files with download addresses: an address in a lock file would override the registry
 * that the user has configured.
 */
function lockFilesWithAddresses(): string[] {
  const lockFiles = execFileSync('git', ['ls-files', '-z', '--', '*package-lock.json'], { cwd: root, encoding: 'utf8' })
  return lockFiles
    .split('\0')
    .filter((path) => path !== '' && /"resolved": "https?:/.test(readFileSync(join(root, path), 'utf8')))
    .map(
      (path) =>
        `${path} contains download addresses ("resolved"). Write it again with: npm install --omit-lockfile-registry-resolved`,
    )
}
