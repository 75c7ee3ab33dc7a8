/**
 * `npm run build:agent`: the agent as one executable per platform, and what installs it there. Builds what this machine has the
 * tools for, and says by name what it could not. Knows nothing of what the agent does.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { AGENT_VERSION } from '../../agent/version.ts'
import { bundleAgent } from './bundle.ts'
import { type DebianArchitecture, makeDebianPackage } from './debian-package.ts'
import { makeBlob, makeExecutable } from './executable.ts'
import { makeMacosArchive } from './macos-archive.ts'
import { cacheFolder, extractNode } from './node-binary.ts'
import { hostPlatform, NODE_VERSION, PLATFORMS, type Platform, type PlatformName } from './platforms.ts'
import { isOnPath } from './tool.ts'
import { makeWindowsInstaller } from './windows-installer.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const EXAMPLES = join(ROOT, 'agent', 'examples')
const DEBIAN: Partial<Record<PlatformName, DebianArchitecture>> = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' }

export interface BuildOptions {
  readonly platforms: readonly PlatformName[]
  /** Everything is put here; what else lies in it stays. */
  readonly output: string
  /** Nothing is compressed for Windows: seconds instead of a minute, three times as large. */
  readonly fast: boolean
  readonly say: (line: string) => void
}

export interface Built {
  readonly files: readonly string[]
  /** What is missing, and why. */
  readonly missing: readonly string[]
}

/** Rejects when nothing can be built. */
export async function buildAgent(options: BuildOptions): Promise<Built> {
  checkVersion()
  const host = hostPlatform()
  if (!host) {
    const known = PLATFORMS.map((one) => one.host).join(', ')
    throw new Error(`the agent is built on ${known}; this is ${process.platform}-${process.arch}`)
  }
  mkdirSync(options.output, { recursive: true })
  const scratch = mkdtempSync(join(tmpdir(), 'landale-build-agent-'))
  try {
    return await buildIn(scratch, host, options)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function buildIn(
  scratch: string,
  host: Platform,
  { platforms, output, fast, say }: BuildOptions,
): Promise<Built> {
  const cache = cacheFolder(process.env)
  say(`Node ${NODE_VERSION} for ${host.name}, which prepares the others…`)
  const hostNode = await extractNode(host, cache, join(scratch, 'host'))
  const licences = writeLicences(hostNode.licence, scratch)
  const bundle = await bundleAgent(ROOT, scratch)
  const blob = await makeBlob(hostNode.program, bundle, scratch)
  say(`the agent ${AGENT_VERSION} is one file of ${kilobytes(bundle)}`)

  const one = async (platform: Platform): Promise<Built> => {
    const started = performance.now()
    const folder = join(scratch, platform.name)
    const node = platform === host ? hostNode : await extractNode(platform, cache, folder)
    const program = join(output, `landale-agent-${AGENT_VERSION}-${platform.name}${platform.ending}`)
    await makeExecutable(platform, node.program, blob, program)
    const installer = await makeInstaller(platform, program)
    const files = 'file' in installer ? [program, installer.file] : [program]
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    say(`${platform.name}: ${files.map((file) => `${basename(file)} (${megabytes(file)})`).join(', ')}, ${seconds} s`)
    return { files, missing: 'missing' in installer ? [installer.missing] : [] }
  }

  async function makeInstaller(platform: Platform, program: string): Promise<{ file: string } | { missing: string }> {
    const common = {
      version: AGENT_VERSION,
      program,
      examples: EXAMPLES,
      folder: join(scratch, `${platform.name}-tree`),
    }
    const missing = missingTool(platform.name, isOnPath)
    if (missing !== undefined) return { missing }
    const architecture = DEBIAN[platform.name]
    if (architecture) {
      const file = join(output, `landale-agent_${AGENT_VERSION}_${architecture}.deb`)
      await makeDebianPackage({ ...common, licences: readFileSync(licences, 'utf8'), architecture, target: file })
      return { file }
    }
    if (platform.name === 'win-x64') {
      const file = join(output, `landale-agent-${AGENT_VERSION}-win-x64-setup.exe`)
      await makeWindowsInstaller({ ...common, licences, target: file, fast })
      return { file }
    }
    const file = join(output, `landale-agent-${AGENT_VERSION}-darwin-arm64.tar.gz`)
    await makeMacosArchive({ ...common, licences: readFileSync(licences, 'utf8'), target: file })
    return { file }
  }

  // Two at a time: each is one process that computes.
  const wanted = PLATFORMS.filter(({ name }) => platforms.includes(name))
  const built: Built[] = []
  const queue = [...wanted]
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { name } = next
      built.push(await one(next).catch((error: Error) => ({ files: [], missing: [`${name}: ${error.message}`] })))
    }
  }
  await Promise.all([worker(), worker()])
  const files = built.flatMap((each) => each.files).sort()
  const missing = built.flatMap((each) => each.missing)
  return { files: files.length === 0 ? files : [...files, ...writeListings(output, files)], missing }
}

const TOOLS: Record<PlatformName, { tool: string; makes: string; from: string }> = {
  'linux-x64': { tool: 'dpkg-deb', makes: 'the .deb for amd64', from: 'the package dpkg of Debian' },
  'linux-arm64': { tool: 'dpkg-deb', makes: 'the .deb for arm64', from: 'the package dpkg of Debian' },
  'win-x64': { tool: 'makensis', makes: 'the Windows installer', from: 'NSIS; on Debian: apt-get install nsis' },
  'darwin-arm64': { tool: 'tar', makes: 'the macOS archive', from: 'the system' },
}

/** Undefined when the installer of this platform can be made here. The executable alone can be, everywhere. */
export function missingTool(platform: PlatformName, isThere: (program: string) => boolean): string | undefined {
  const { tool, makes, from } = TOOLS[platform]
  if (isThere(tool) || isThere(`${tool}.exe`)) return undefined
  return `${makes}: ${tool} is not on this machine (${from})`
}

/** What the agent prints, what npm reads, and what is bundled are the same. */
function checkVersion(): void {
  const { version, dependencies } = JSON.parse(readFileSync(join(ROOT, 'agent', 'package.json'), 'utf8'))
  if (version !== AGENT_VERSION) {
    throw new Error(`agent/package.json says ${version}, agent/version.ts ${AGENT_VERSION}; make them the same`)
  }
  const bundled = JSON.parse(readFileSync(join(ROOT, 'node_modules', 'ws', 'package.json'), 'utf8')).version
  if (dependencies.ws !== bundled) {
    throw new Error(
      `agent/package.json asks for ws ${dependencies.ws}, but ${bundled} would be bundled; make them the same`,
    )
  }
}

function writeLicences(nodeLicence: string | undefined, folder: string): string {
  const file = join(folder, 'LICENCES.txt')
  const ws = readFileSync(join(ROOT, 'node_modules', 'ws', 'LICENSE'), 'utf8')
  const node = nodeLicence === undefined ? '' : readFileSync(nodeLicence, 'utf8')
  writeFileSync(
    file,
    `Parts of the Landale agent and their licences.\n\n== ws ==\n\n${ws}\n\n== Node.js ${NODE_VERSION} ==\n\n${node}`,
  )
  return file
}

/** `SHA256SUMS`, as `sha256sum -c` reads it, and the same with versions for programs. Of what was built now. */
function writeListings(output: string, files: readonly string[]): string[] {
  const entries = files.map((file) => ({
    file: basename(file),
    bytes: statSync(file).size,
    sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
  }))
  const sums = join(output, 'SHA256SUMS')
  const listing = join(output, `landale-agent-${AGENT_VERSION}.json`)
  writeFileSync(sums, entries.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join(''))
  writeFileSync(listing, `${JSON.stringify({ version: AGENT_VERSION, node: NODE_VERSION, files: entries }, null, 2)}\n`)
  return [sums, listing]
}

function kilobytes(file: string): string {
  return `${Math.round(statSync(file).size / 1024)} KB`
}

function megabytes(file: string): string {
  return `${(statSync(file).size / 1_048_576).toFixed(1)} MB`
}

const USAGE = `npm run build:agent -- [--platform <name>]… [--fast] [--output <folder>]
  --platform  ${PLATFORMS.map(({ name }) => name).join(', ')}; all of them unless said
  --fast      the Windows installer uncompressed: seconds instead of a minute
  --output    dist/agent unless said`

/** 0 when all that was asked for is there, 1 when something is missing, 2 when it was asked wrongly. */
export async function runBuildAgent(args: readonly string[]): Promise<number> {
  const known = PLATFORMS.map(({ name }) => name)
  let asked: { platform?: string[]; fast?: boolean; output?: string; help?: boolean }
  try {
    const text = { type: 'string' } as const
    const flag = { type: 'boolean' } as const
    asked = parseArgs({
      args: [...args],
      options: { platform: { ...text, multiple: true }, fast: flag, output: text, help: flag },
    }).values
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    return 2
  }
  const platforms = known.filter((name) => !asked.platform || asked.platform.includes(name))
  const unknown = asked.platform?.find((name) => !known.some((one) => one === name))
  if (asked.help || unknown !== undefined) {
    console.error(unknown === undefined ? USAGE : `there is no platform "${unknown}"\n\n${USAGE}`)
    return unknown === undefined ? 0 : 2
  }
  const output = asked.output ?? join(ROOT, 'dist', 'agent')
  const { files, missing } = await buildAgent({
    platforms,
    output,
    fast: asked.fast ?? false,
    say: (line) => console.log(line),
  })
  console.log(`\n${files.length} files in ${relative(process.cwd(), output) || '.'}`)
  for (const one of missing) console.error(`missing: ${one}`)
  return missing.length === 0 ? 0 : 1
}
