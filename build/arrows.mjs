/**
 * `npm run arrows`: the only legal imports, as the design draws them. Reads folder names and import lines; knows nothing
 * of what a module does. Type-only imports obey too: a type that crosses the wrong way is a dependency all the same.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

const TOP = ['base', 'contracts', 'electron', 'renderer', 'overlays', 'agent']

/** First match wins. `to` lists what a file of `from` may import from this project, as path prefixes. */
const RULES = [
  { from: 'base/', to: ['base/'] },
  { from: 'contracts/', to: ['contracts/', 'base/'] },
  { from: 'renderer/', to: ['renderer/', 'contracts/', 'base/'] },
  { from: 'overlays/', to: ['overlays/', 'contracts/', 'base/'] },
  { from: 'agent/', to: ['agent/'] },
  { from: 'electron/kernel/', to: ['$shared', 'electron/kernel/', 'contracts/', 'base/'] },
  { from: 'electron/shell/', to: ['electron/shell/', 'electron/kernel/', 'contracts/', 'base/'] },
  { from: 'electron/preload/', to: ['electron/preload/', 'contracts/', 'base/'] },
  // One connection or feature never imports another; hub.ts hands over what one needs of the other.
  {
    from: /^electron\/(connections|features)\/[^/]+\//,
    to: ['$own', '$shared', 'electron/kernel/', 'contracts/', 'base/'],
  },
  { from: /^electron\/(connections|features)\/[^/]+\.ts$/, to: ['$shared', 'electron/kernel/', 'contracts/', 'base/'] },
  { from: 'electron/', to: ['electron/', 'contracts/', 'base/'] },
]

/** Packages with a fence of their own: who may import them. */
const PACKAGES = [
  { name: 'electron', allowed: ['electron/shell/', 'electron/preload/', 'electron/main.ts', 'tests/', 'build/'] },
  { name: 'better-sqlite3', allowed: ['electron/kernel/store/', 'tests/', 'bench/'] },
  { name: 'obs-websocket-js', allowed: ['electron/connections/obs/', 'tests/', 'bench/'] },
]

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g

/** Every fault of one file, worded. `path` is relative to the root, with forward slashes. */
export function faultsOf(path, source) {
  const imports = [...source.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
  return imports.flatMap((target) => {
    if (!target.startsWith('.')) return packageFault(path, target)
    const resolved = posix.normalize(posix.join(posix.dirname(path), target))
    return projectFault(path, resolved)
  })
}

function packageFault(path, target) {
  const fence = PACKAGES.find(({ name }) => target === name || target.startsWith(`${name}/`))
  if (!fence || fence.allowed.some((prefix) => path.startsWith(prefix))) return []
  return [`${path} imports "${target}"; only ${fence.allowed.join(', ')} may`]
}

function projectFault(path, resolved) {
  const rule = RULES.find(({ from }) => (typeof from === 'string' ? path.startsWith(from) : from.test(path)))
  if (!rule) return []
  const allowed = rule.to.flatMap((prefix) => expand(prefix, path))
  // A test may reach across within its own top folder and into tests/, but never into another top folder.
  if (/\.test\.tsx?$/.test(path)) allowed.push('tests/', `${path.split('/')[0]}/`)
  const ok = allowed.some((prefix) => (prefix.endsWith('/') ? resolved.startsWith(prefix) : resolved === prefix))
  return ok ? [] : [`${path} imports ${resolved}; it may import from ${allowed.join(', ')} only`]
}

function expand(prefix, path) {
  const [top, kind, own] = path.split('/')
  if (prefix === '$own') return [`${top}/${kind}/${own}/`]
  if (prefix === '$shared') return [`${top}/${kind}/connection.ts`, `${top}/${kind}/behaviour-suite.ts`]
  return [prefix]
}

function filesBelow(folder) {
  if (!statSync(folder, { throwIfNoEntry: false })) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

function main() {
  const root = join(dirname(import.meta.filename), '..')
  const files = TOP.flatMap((top) => filesBelow(join(root, top)))
  const faults = files.flatMap((file) =>
    faultsOf(relative(root, file).split(sep).join('/'), readFileSync(file, 'utf8')),
  )
  for (const fault of faults) console.error(fault)
  console.error(
    faults.length === 0 ? `arrows: ${files.length} files, all legal` : `arrows: ${faults.length} illegal imports`,
  )
  process.exit(faults.length === 0 ? 0 : 1)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main()
