/** What building the agent is made of, without building it. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { missingTool, runBuildAgent } from './build-agent.ts'
import { cacheFolder, extractNode, NodeUnavailable } from './node-binary.ts'
import { NODE_VERSION, PLATFORMS } from './platforms.ts'
import { withoutSignature } from './portable-executable.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landale-build-parts-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

describe('a missing tool', () => {
  it('is named, with what is not built and where it comes from', () => {
    const none = () => false
    expect(missingTool('win-x64', none)).toBe(
      'the Windows installer: makensis is not on this machine (NSIS; on Debian: apt-get install nsis)',
    )
    expect(missingTool('linux-arm64', none)).toContain('the .deb for arm64')
    expect(missingTool('win-x64', (program) => program === 'makensis.exe')).toBeUndefined()
  })
})

describe('the command', () => {
  it.each([
    [['--platform', 'amiga'], 'there is no platform "amiga"'],
    [['--quick'], "Unknown option '--quick'"],
  ])('%j is asked wrongly', async (args, reason) => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(await runBuildAgent(args)).toBe(2)
    expect(String(said.mock.calls[0]?.[0])).toContain(reason)
  })
})

describe('Node from npm', () => {
  const [platform] = PLATFORMS
  if (!platform) throw new Error('there are no platforms')

  it('is pinned by content for every platform', () => {
    expect(PLATFORMS.map(({ name }) => name)).toEqual(['linux-x64', 'linux-arm64', 'win-x64', 'darwin-arm64'])
    for (const { integrity } of PLATFORMS) expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/)
  })

  it('is kept outside the project', () => {
    expect(cacheFolder({ LANDALE_BUILD_CACHE: '/elsewhere' })).toBe('/elsewhere')
    expect(cacheFolder({})).not.toContain(process.cwd())
  })

  /** An npm that does what `script` does; `$target` is where the archive belongs. */
  function npmThat(script: string): void {
    const name = `${platform?.nodePackage}-${NODE_VERSION}.tgz`
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    const source = `#!/bin/sh\nwhile [ "$1" != --pack-destination ]; do shift; done\ntarget="$2/${name}"\n${script}\n`
    writeFileSync(join(bin, 'npm'), source, { mode: 0o755 })
    vi.stubEnv('PATH', `${bin}:${process.env.PATH}`)
    vi.stubEnv('npm_execpath', '')
  }

  it.skipIf(process.platform === 'win32')('that is not what it was is refused, and not kept', async () => {
    npmThat('echo another >"$target"')
    const cache = join(folder, 'cache')
    await expect(extractNode(platform, cache, folder)).rejects.toThrow(
      'is not what it was when this version was chosen',
    )
    expect(readdirSync(cache)).toEqual([])
  })

  it.skipIf(process.platform === 'win32')('that cannot be fetched is told so, with npm’s words', async () => {
    npmThat('echo "npm error network is down" >&2; exit 1')
    const attempt = extractNode(platform, join(folder, 'cache'), folder)
    await expect(attempt).rejects.toThrow(NodeUnavailable)
    await expect(attempt).rejects.toThrow('network is down')
  })
})

describe('the signature of a Windows program', () => {
  const HEADER = 0x80 + 24
  function signed(certificateAt: number, size: number): Buffer {
    const program = Buffer.alloc(0x300)
    program.write('MZ', 0, 'latin1')
    program.writeUInt32LE(0x80, 0x3c)
    program.write('PE\0\0', 0x80, 'latin1')
    program.writeUInt16LE(0x20b, HEADER)
    program.writeUInt32LE(certificateAt, HEADER + 144)
    program.writeUInt32LE(size, HEADER + 148)
    return program
  }

  it('is cut off, and no longer spoken of', () => {
    const bare = withoutSignature(signed(0x280, 0x80))
    expect([bare.length, bare.readUInt32LE(HEADER + 144), bare.readUInt32LE(HEADER + 148)]).toEqual([0x280, 0, 0])
    expect(withoutSignature(bare).equals(bare)).toBe(true)
  })

  it('in an odd place, or in no program, is refused', () => {
    expect(() => withoutSignature(signed(0x200, 0x80))).toThrow('not at the end')
    expect(() => withoutSignature(Buffer.from('#!/bin/sh'))).toThrow('no Windows program')
  })
})
