#!/usr/bin/env node
// Runs the command line. Rapport needs Node 24 and brings it as a dependency, so an older Node only hands over to that.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REQUIRED_MAJOR = 24
const arguments_ = process.argv.slice(2)

if (Number.parseInt(process.versions.node, 10) >= REQUIRED_MAJOR) {
  // What Node compiled is kept for the next command, which then starts in half the time. Beside the code, since whoever can
  // write there decides what runs; where nothing can be written it is compiled each time.
  module.enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/rapport'))
  const { runCommandLine } = await import('../src/cli/command-line.ts')
  await runCommandLine(arguments_)
} else {
  const node = ownNode()
  if (node === null) {
    console.error(
      `Rapport needs Node ${REQUIRED_MAJOR}; this is ${process.version}, and the package "node" is not installed. Run npm ci.`,
    )
    process.exit(1)
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...arguments_], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
  })
}

/** Path of the Node that the dependency "node" brings, or null when it is not there. */
function ownNode() {
  try {
    const folder = dirname(module.createRequire(import.meta.url).resolve('node/package.json'))
    const path = join(folder, 'bin', 'node')
    return existsSync(path) ? path : null
  } catch {
    return null
  }
}
