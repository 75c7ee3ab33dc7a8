/**
 * `npm run lock`, after any change to the dependencies. A registry mirror may lack the binaries of other platforms; npm then
 * leaves them out of the lock file, and `npm ci` refuses the lock file on every machine. This puts them back: where they
 * are for another platform they are never fetched, and where they are wanted npm fetches them by their version.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const file = join(import.meta.dirname, '..', 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8'))

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const CPUS = ['arm64', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'arm']

let added = 0
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`
    if (lock.packages[path] || Object.keys(lock.packages).some((other) => other.endsWith(`/${path}`))) continue
    const platform = platformOf(name)
    if (!platform) continue
    lock.packages[path] = { version, ...platform, ...(parent.dev ? { dev: true } : {}), optional: true }
    added += 1
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} packages of other platforms added to the lock file`)

/** What a package's name says of the platform it is for; undefined where it says nothing. */
function platformOf(name) {
  const os = SYSTEMS.find((system) => name.includes(`-${system}`))
  const cpu = CPUS.find((kind) => name.includes(`-${kind}`))
  if (!os || !cpu) return undefined
  const libc = name.includes('musl') ? ['musl'] : name.endsWith('-gnu') ? ['glibc'] : undefined
  return { cpu: [cpu], os: [os], ...(libc ? { libc } : {}) }
}
