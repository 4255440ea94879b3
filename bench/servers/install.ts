import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Installs PostGraphile with the versions in the lock file of bench/, unless it is installed. It is not a dependency of
 * Rapport's package.
 */
export async function installPostGraphile(log: (line: string) => void): Promise<void> {
  const folder = fileURLToPath(new URL('..', import.meta.url))
  if (
    ['postgraphile', '@graphile/pg-aggregates'].every((name) =>
      existsSync(new URL(`../node_modules/${name}`, import.meta.url)),
    )
  )
    return
  log('Installing PostGraphile for the benchmark (npm ci --prefix bench)')
  const npm = spawn('npm', ['ci', '--prefix', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise<number | null>((resolve, reject) => {
    npm.once('error', reject)
    npm.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`PostGraphile can't be installed: npm ci --prefix bench ended with code ${code}.`)
}
