import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { z } from 'zod'
import { READY } from './inspect-ready.ts'
import { findPluginFiles } from './specifier.ts'

const IMPORT_LIMIT_MS = 5_000
const MEMORY_MB = 256
const PROCESS_ENTRY = fileURLToPath(new URL('./inspect-process.ts', import.meta.url))

/** Milliseconds that the inspection process may take until it is ready to import. Not part of IMPORT_LIMIT_MS. */
const START_LIMIT_MS = 30_000

/** The message that follows READY: the findings, one sentence each. */
const findingsSchema = z.array(z.string())

/**
 * Imports the entry of a plugin in a separate process that may not write files or start processes. Returns what the
 * import does besides declaring parts, one sentence each; an empty list when it does nothing else.
 * @throws PluginLoadError when the plugin does not exist.
 */
export async function inspectImport(specifier: string, from: string): Promise<string[]> {
  const { entry, directory } = await findPluginFiles(specifier, from)
  const flags = [
    '--permission',
    '--allow-fs-read=*',
    `--max-old-space-size=${MEMORY_MB}`,
    '--disable-warning=ExperimentalWarning',
  ]
  const child = spawn(process.execPath, [...flags, PROCESS_ENTRY, pathToFileURL(entry).href, directory], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // No environment variables, because they contain secrets of the installation.
    env: {},
  })
  let findings: string[] | null = null
  let errors = ''
  let isLate = false
  const stop = () => {
    isLate = true
    child.kill('SIGKILL')
  }
  let timer = setTimeout(stop, START_LIMIT_MS)
  child.on('message', (message) => {
    if (message === READY) {
      clearTimeout(timer)
      timer = setTimeout(stop, IMPORT_LIMIT_MS)
      return
    }
    findings = findingsSchema.catch([]).parse(message)
    child.kill('SIGKILL')
  })
  child.stderr?.on('data', (chunk) => {
    errors = `${errors}${String(chunk)}`.slice(0, 20_000)
  })
  await once(child, 'close').finally(() => clearTimeout(timer))
  if (findings !== null) return findings
  return [
    isLate
      ? `Its import did not end within ${IMPORT_LIMIT_MS / 1_000} s.`
      : `Its import ended the process: ${reasonIn(errors)}`,
  ]
}

function reasonIn(errors: string): string {
  if (errors.includes('heap out of memory')) return `it took more than ${MEMORY_MB} MB of memory.`
  const line = errors.split('\n').find((text) => /Error\b/.test(text)) ?? 'it called process.exit() or was killed.'
  return line.trim()
}
