import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

// What must not be committed, and no other check sees.

const root = join(import.meta.dirname, '..')
const problems = [...generatedFiles(), ...lockedAddresses()]
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

function generatedFiles(): string[] {
  const tracked = execFileSync('git', ['ls-files', '-z', '--', 'generated', '.rapport', '*node_modules/*'], {
    cwd: root,
    encoding: 'utf8',
  })
  return tracked
    .split('\0')
    .filter((path) => path !== '')
    .map((path) => `${path} is committed, but it is made on each machine. Remove it with: git rm --cached ${path}`)
}

/** Whoever installs takes packages from their own registry; an address in a lock file would overrule it. */
function lockedAddresses(): string[] {
  const locks = execFileSync('git', ['ls-files', '-z', '--', '*package-lock.json'], { cwd: root, encoding: 'utf8' })
  return locks
    .split('\0')
    .filter((path) => path !== '' && /"resolved": "https?:/.test(readFileSync(join(root, path), 'utf8')))
    .map(
      (path) =>
        `${path} names download addresses ("resolved"). Write it again with: npm install --omit-lockfile-registry-resolved`,
    )
}
