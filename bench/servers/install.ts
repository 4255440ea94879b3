import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Installs the peer as its lock file says, unless it is there. It is no dependency of Rapport's own package. */
export async function installPeer(tell: (line: string) => void): Promise<void> {
  const folder = fileURLToPath(new URL('..', import.meta.url))
  if (existsSync(new URL('../node_modules/postgraphile', import.meta.url))) return
  tell('Installing PostGraphile for the benchmark (npm ci --prefix bench)')
  const npm = spawn('npm', ['ci', '--prefix', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise<number | null>((resolve, reject) => {
    npm.once('error', reject)
    npm.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`PostGraphile can't be installed: npm ci --prefix bench ended with code ${code}.`)
}
