import childProcess from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import workers from 'node:worker_threads'

/** Collects what a module does while it is imported, as findings of one sentence each. */
export interface ImportFindings {
  add(finding: string): void
  /** Returns all findings, including changes to shared objects, resources that still run, and too much used memory. */
  end(): string[]
}

const MAX_CHANGES = 10
const MEMORY_LIMIT_BYTES = 200 * 1_024 * 1_024

/**
 * Functions of Node that act outside of the module: the object that has them, what they do (for the finding) and their
 * names.
 */
const WATCHED_FUNCTIONS: readonly (readonly [object: object, what: string, methods: readonly string[]])[] = [
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

/** Objects that all code in the process shares: a plugin that changes one affects the platform and other plugins. */
const SHARED_OBJECTS: readonly (readonly [name: string, object: object])[] = [
  ['globalThis', globalThis],
  ['Object', Object],
  ['JSON', JSON],
  ['Math', Math],
  ['Reflect', Reflect],
  ['Promise', Promise],
  ...[Object, Array, String, Number, Function, Promise, Date, Map, Set, RegExp, Error, URL, Buffer].map(
    (builtIn): [string, object] => [`${builtIn.name}.prototype`, builtIn.prototype],
  ),
]

/**
 * Watches what modules under a URL do from now on. To do so, it replaces functions of Node and never restores them, so
 * it may be called only in a separate process.
 * @param baseUrl URL of the plugin's folder, ending in `/`.
 */
export function watchImport(baseUrl: string): ImportFindings {
  const findings = new Set<string>()
  // Calls from the plugin's node_modules don't count: libraries read the environment and files of their own.
  const isByPlugin = () =>
    (new Error().stack ?? '').split('\n').some((line) => {
      const start = line.indexOf(baseUrl)
      return start >= 0 && !line.slice(start + baseUrl.length).includes('node_modules/')
    })
  for (const [object, what, methods] of WATCHED_FUNCTIONS)
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
      // When built-in objects were changed, the other checks are not reliable: only the changes are returned.
      const changes = changesSince(before.shared)
      if (changes.length > 0) return changes
      for (const [resource, count] of countResources())
        if (count > (before.resources.get(resource) ?? 0)) findings.add(`On import it leaves ${resource} running.`)
      if (process.memoryUsage().rss - before.memory > MEMORY_LIMIT_BYTES)
        findings.add(`On import it takes more than ${MEMORY_LIMIT_BYTES / 1_024 / 1_024} MB of memory.`)
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
  const report = (name: string | symbol) => {
    if (typeof name === 'string' && isByPlugin()) onRead(name)
  }
  const variables: unknown = Reflect.get(process, 'env')
  if (variables === null || typeof variables !== 'object') return
  const environment = new Proxy(variables, {
    get(target, name) {
      report(name)
      return Reflect.get(target, name)
    },
    has(target, name) {
      report(name)
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
  /** Null for a getter, which is not called: Node creates some globals when they are first read. */
  readonly value: unknown
}

/**
 * Returns the properties of the shared objects. Uses plain loops, because the plugin may have replaced methods of
 * arrays.
 */
function sharedProperties(): SharedProperty[] {
  const properties: SharedProperty[] = []
  for (let objectIndex = 0; objectIndex < SHARED_OBJECTS.length; objectIndex++) {
    const [holder, object] = SHARED_OBJECTS[objectIndex] ?? ['', {}]
    const keys = ownKeys(object)
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]
      if (key === undefined) continue
      const property = getOwnPropertyDescriptor(object, key)
      properties[properties.length] = { holder, key, value: property && 'value' in property ? property.value : null }
    }
  }
  return properties
}

/** Returns which properties were added, replaced or removed, one sentence each, at most MAX_CHANGES sentences. */
function changesSince(before: readonly SharedProperty[]): string[] {
  const after = sharedProperties()
  const changes: string[] = []
  const report = (what: string, { holder, key }: SharedProperty) => {
    const name = typeof key === 'string' ? key : 'a symbol'
    if (changes.length < MAX_CHANGES)
      changes[changes.length] =
        `On import it ${what} ${holder === 'globalThis' ? `the global ${name}` : `${holder}.${name}`}.`
  }
  for (let index = 0; index < after.length; index++) {
    const now = after[index]
    const was = now && findProperty(before, now)
    if (now && !was) report('adds', now)
    // Null is the value of a getter, which is not compared.
    else if (now && was && was.value !== null && !is(was.value, now.value)) report('replaces', now)
  }
  for (let index = 0; index < before.length; index++) {
    const was = before[index]
    if (was && !findProperty(after, was)) report('removes', was)
  }
  return changes
}

function findProperty(properties: readonly SharedProperty[], { holder, key }: SharedProperty): SharedProperty | null {
  for (let index = 0; index < properties.length; index++) {
    const property = properties[index]
    if (property?.holder === holder && property.key === key) return property
  }
  return null
}

/** Returns the number of resources that keep the process alive, such as timers and sockets, by kind. */
function countResources(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const resource of process.getActiveResourcesInfo()) counts.set(resource, (counts.get(resource) ?? 0) + 1)
  return counts
}
