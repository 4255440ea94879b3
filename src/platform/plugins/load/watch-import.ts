import childProcess from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import workers from 'node:worker_threads'

/** What a module did while it was imported. */
export interface ImportFindings {
  add(finding: string): void
  /** Every finding, with what is left behind now. */
  end(): string[]
}

const MAX_CHANGES = 10
const MEMORY_LIMIT = 200 * 1_024 * 1_024

/** Functions of Node that reach outside of the process, by what using one is called. */
const DOORS: readonly (readonly [object: object, what: string, methods: readonly string[]])[] = [
  [
    fs,
    'reads or writes files',
    ['readFile', 'readFileSync', 'open', 'openSync', 'readdir', 'readdirSync', 'createReadStream'],
  ],
  [
    fs,
    'reads or writes files',
    ['writeFile', 'writeFileSync', 'createWriteStream', 'rm', 'rmSync', 'mkdir', 'mkdirSync'],
  ],
  [fs.promises, 'reads or writes files', ['readFile', 'open', 'readdir', 'writeFile', 'rm', 'mkdir']],
  [net, 'opens a connection', ['connect', 'createConnection', 'createServer']],
  [http, 'opens a connection', ['request', 'get', 'createServer']],
  [https, 'opens a connection', ['request', 'get', 'createServer']],
  [globalThis, 'opens a connection', ['fetch']],
  [childProcess, 'starts a process', ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']],
  [workers, 'starts a thread', ['Worker']],
  [process, 'ends the process', ['exit', 'kill', 'abort']],
  [process.stdout, 'prints', ['write']],
  [process.stderr, 'prints', ['write']],
]

/** What everything in the process shares: a change to it changes the platform and the other plugins. */
const SHARED: readonly (readonly [name: string, object: object])[] = [
  ['globalThis', globalThis],
  ['Object', Object],
  ['JSON', JSON],
  ['Math', Math],
  ['Reflect', Reflect],
  ['Promise', Promise],
  ...[Object, Array, String, Number, Function, Promise, Date, Map, Set, RegExp, Error, URL, Buffer].map(
    (of): [string, object] => [`${of.name}.prototype`, of.prototype],
  ),
]

/** Watches from now on what modules under an address do. For a process of its own: what is replaced is never put back. */
export function watchImport(address: string): ImportFindings {
  const findings = new Set<string>()
  // Not what it brings from node_modules: libraries look at the environment and at files of their own.
  const isByPlugin = () =>
    (new Error().stack ?? '').split('\n').some((line) => {
      const at = line.indexOf(address)
      return at >= 0 && !line.slice(at + address.length).includes('node_modules/')
    })
  for (const [object, what, methods] of DOORS)
    for (const method of methods)
      watchMethod(object, method, isByPlugin, () => findings.add(`On import it ${what} (${method}).`))
  watchEnvironment(isByPlugin, (name) => findings.add(`On import it reads the environment variable ${name}.`))
  syncBuiltinESMExports()
  const before = {
    shared: sharedProperties(),
    resources: countResources(),
    memory: process.memoryUsage().rss,
  }
  return {
    add: (finding) => void findings.add(finding),
    end() {
      // First, and alone where there are any: nothing below can be relied on any more.
      const changes = changesSince(before.shared)
      if (changes.length > 0) return changes
      for (const [resource, count] of countResources())
        if (count > (before.resources.get(resource) ?? 0)) findings.add(`On import it leaves ${resource} running.`)
      if (process.memoryUsage().rss - before.memory > MEMORY_LIMIT)
        findings.add(`On import it takes more than ${MEMORY_LIMIT / 1_024 / 1_024} MB of memory.`)
      return [...findings]
    },
  }
}

function watchMethod(object: object, method: string, isByPlugin: () => boolean, onUse: () => void): void {
  const original: unknown = Reflect.get(object, method)
  if (typeof original !== 'function') return
  const watched = new Proxy(original, {
    apply(target, self, args) {
      if (isByPlugin()) onUse()
      return Reflect.apply(target, self, args)
    },
    construct(target, args, newTarget) {
      if (isByPlugin()) onUse()
      return Reflect.construct(target, args, newTarget)
    },
  })
  Reflect.set(object, method, watched)
}

function watchEnvironment(isByPlugin: () => boolean, onRead: (name: string) => void): void {
  const told = (name: string | symbol) => {
    if (typeof name === 'string' && isByPlugin()) onRead(name)
  }
  const variables: unknown = Reflect.get(process, 'env')
  if (variables === null || typeof variables !== 'object') return
  const environment = new Proxy(variables, {
    get(target, name) {
      told(name)
      return Reflect.get(target, name)
    },
    has(target, name) {
      told(name)
      return Reflect.has(target, name)
    },
  })
  Object.defineProperty(process, 'env', { value: environment })
}

const { ownKeys, getOwnPropertyDescriptor } = Reflect
const { is } = Object

interface SharedProperty {
  readonly holder: string
  readonly key: string | symbol
  /** Null for a getter, which may be made when it is first asked for. */
  readonly value: unknown
}

/** The properties of what is shared. With plain loops: it has to tell of methods that were replaced, and not use them. */
function sharedProperties(): SharedProperty[] {
  const found: SharedProperty[] = []
  for (let at = 0; at < SHARED.length; at++) {
    const [holder, object] = SHARED[at] ?? ['', {}]
    const keys = ownKeys(object)
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]
      if (key === undefined) continue
      const property = getOwnPropertyDescriptor(object, key)
      found[found.length] = { holder, key, value: property && 'value' in property ? property.value : null }
    }
  }
  return found
}

/** What was added, replaced or removed, a sentence each; the first of them tell enough. */
function changesSince(before: readonly SharedProperty[]): string[] {
  const after = sharedProperties()
  const changes: string[] = []
  const tell = (what: string, { holder, key }: SharedProperty) => {
    const name = typeof key === 'string' ? key : 'a symbol'
    if (changes.length < MAX_CHANGES)
      changes[changes.length] =
        `On import it ${what} ${holder === 'globalThis' ? `the global ${name}` : `${holder}.${name}`}.`
  }
  for (let index = 0; index < after.length; index++) {
    const now = after[index]
    const was = now && find(before, now)
    if (now && !was) tell('adds', now)
    // Node makes some globals when they are first asked for.
    else if (now && was && was.value !== null && !is(was.value, now.value)) tell('replaces', now)
  }
  for (let index = 0; index < before.length; index++) {
    const was = before[index]
    if (was && !find(after, was)) tell('removes', was)
  }
  return changes
}

function find(properties: readonly SharedProperty[], { holder, key }: SharedProperty): SharedProperty | null {
  for (let index = 0; index < properties.length; index++) {
    const property = properties[index]
    if (property?.holder === holder && property.key === key) return property
  }
  return null
}

/** Timers, sockets and the like that keep a process alive, by kind. */
function countResources(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const resource of process.getActiveResourcesInfo()) counts.set(resource, (counts.get(resource) ?? 0) + 1)
  return counts
}
