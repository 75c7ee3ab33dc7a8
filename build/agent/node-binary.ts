/**
 * Fetches a platform's Node from npm, once: the archives stay in a cache outside the project, and are checked by content
 * every time they are used. They are no dependencies of the project, for each is some 45 MB and nobody else needs them.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { NODE_VERSION, type Platform } from './platforms.ts'
import { runTool } from './tool.ts'

/** The registry cannot be reached, or has no such archive. */
export class NodeUnavailable extends Error {}

/** `LANDALE_BUILD_CACHE`, else the platform's place for caches. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  if (environment.LANDALE_BUILD_CACHE) return environment.LANDALE_BUILD_CACHE
  if (process.platform === 'win32') {
    return join(environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'landale', 'cache')
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'landale')
  return join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'landale')
}

/** Puts Node and its licence into `folder`. Rejects with `NodeUnavailable` when it cannot be had. */
export async function extractNode(platform: Platform, cache: string, folder: string): Promise<NodeFiles> {
  const archive = await fetchArchive(platform, cache)
  mkdirSync(folder, { recursive: true })
  const licencePath = 'package/LICENSE'
  await runTool('tar', ['-xzf', archive, '-C', folder, platform.nodePath])
  // The packages of Windows and macOS hold the program alone; the licence is the same everywhere.
  await runTool('tar', ['-xzf', archive, '-C', folder, licencePath]).catch(() => {})
  const licence = join(folder, licencePath)
  return { program: join(folder, platform.nodePath), licence: existsSync(licence) ? licence : undefined }
}

export interface NodeFiles {
  readonly program: string
  readonly licence: string | undefined
}

async function fetchArchive({ nodePackage, integrity }: Platform, cache: string): Promise<string> {
  const name = `${nodePackage}-${NODE_VERSION}.tgz`
  const archive = join(cache, name)
  if (existsSync(archive) && integrityOf(archive) === integrity) return archive
  mkdirSync(cache, { recursive: true })
  const scratch = mkdtempSync(join(cache, 'fetch-'))
  try {
    await npmPack(`${nodePackage}@${NODE_VERSION}`, scratch)
    const fetched = join(scratch, name)
    const found = integrityOf(fetched)
    if (found !== integrity) {
      throw new Error(`${name} from npm is not what it was when this version was chosen: ${found}, not ${integrity}`)
    }
    renameSync(fetched, archive)
    return archive
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** npm itself fetches it: it knows the registry, the proxy and the certificates of this machine. */
async function npmPack(spec: string, folder: string): Promise<void> {
  const options = ['--ignore-scripts', '--silent', '--fetch-retries=1', '--fetch-retry-mintimeout=1000']
  const args = ['pack', spec, '--pack-destination', folder, ...options]
  const npm = process.env.npm_execpath
  try {
    if (npm?.endsWith('.js')) await runTool(process.execPath, [npm, ...args], { cwd: folder })
    else if (process.platform === 'win32') throw new Error('run this by "npm run build:agent"')
    else await runTool('npm', args, { cwd: folder })
  } catch (error) {
    throw new NodeUnavailable(`${spec} cannot be fetched from npm: ${(error as Error).message.trim()}`)
  }
}

function integrityOf(file: string): string {
  return `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`
}
