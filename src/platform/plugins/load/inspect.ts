import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { z } from 'zod'
import { READY } from './inspect-ready.ts'
import { findPluginFiles } from './specifier.ts'

const LIMIT_MS = 5_000
const MEMORY_MB = 256
const PROCESS = fileURLToPath(new URL('./inspect-process.ts', import.meta.url))

/** Milliseconds until that process is ready to import, which is its own time and not the plugin's. */
const START_LIMIT_MS = 30_000

/** What the process of an inspection tells: that it is about to import, then what it found. */
const report = z.array(z.string())

/**
 * Imports the entry of a plugin in a process of its own, which may write no file and start no process, and answers what it
 * does on import beside declaring: a sentence each. Empty when it only declares.
 * @throws PluginLoadError when there is no such plugin.
 */
export async function inspectImport(specifier: string, from: string): Promise<string[]> {
  const { entry, directory } = await findPluginFiles(specifier, from)
  const flags = [
    '--permission',
    '--allow-fs-read=*',
    `--max-old-space-size=${MEMORY_MB}`,
    '--disable-warning=ExperimentalWarning',
  ]
  const child = spawn(process.execPath, [...flags, PROCESS, pathToFileURL(entry).href, directory], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // None of the installation's secrets.
    env: {},
  })
  let told: string[] | null = null
  let errors = ''
  let isLate = false
  const cutOff = () => {
    isLate = true
    child.kill('SIGKILL')
  }
  let timer = setTimeout(cutOff, START_LIMIT_MS)
  child.on('message', (message) => {
    if (message === READY) {
      clearTimeout(timer)
      timer = setTimeout(cutOff, LIMIT_MS)
      return
    }
    told = report.catch([]).parse(message)
    child.kill('SIGKILL')
  })
  child.stderr?.on('data', (chunk) => {
    errors = `${errors}${String(chunk)}`.slice(0, 20_000)
  })
  await once(child, 'close').finally(() => clearTimeout(timer))
  if (told !== null) return told
  return [
    isLate
      ? `Its import did not end within ${LIMIT_MS / 1_000} s.`
      : `Its import ended the process: ${reasonIn(errors)}`,
  ]
}

function reasonIn(errors: string): string {
  if (errors.includes('heap out of memory')) return `it took more than ${MEMORY_MB} MB of memory.`
  const line = errors.split('\n').find((text) => /Error\b/.test(text)) ?? 'it called process.exit() or was killed.'
  return line.trim()
}
