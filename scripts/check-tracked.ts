import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

// Reports committed files that must not be committed, as far as no other check finds them.

const root = join(import.meta.dirname, '..')
const problems = [...generatedFiles(), ...lockFilesWithAddresses()]
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

/** Returns a problem for each generated file that is committed. */
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
 * Returns a problem for each lock file that contains download addresses. npm would use these addresses instead of the
 * registry that the user has configured.
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
