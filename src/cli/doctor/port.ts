import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Config } from '../../config.ts'
import { type Finding, good, problem } from './finding.ts'

const RESPONSE_TIMEOUT_MS = 2_000

/** Checks the port of the server. The finding is good when the port is free or Rapport already responds there. */
export async function examinePort({ host, port }: Config): Promise<Finding> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  if (port === 0 || (await isFree(host, port))) return good('Port', `${address} is free.`)
  return (await isRapport(address))
    ? good('Port', `Rapport responds at ${address}.`)
    : problem('Port', `${address} cannot be used: another program uses it, or this user may not. Choose another PORT.`)
}

async function isFree(host: string, port: number): Promise<boolean> {
  const probe = createServer().listen(port, host)
  try {
    await once(probe, 'listening')
    return true
  } catch {
    return false
  } finally {
    probe.close()
  }
}

async function isRapport(address: string): Promise<boolean> {
  try {
    const url = `http://${address}/.well-known/jwks.json`
    const response = await fetch(url, { signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS) })
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null && 'keys' in body
  } catch {
    return false
  }
}
