/** The Debian package: the program, the user unit, and scripts that hand the processes from one version to the next. */
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { systemdUnit, UNIT_NAME } from '../../agent/service/systemd-unit.ts'
import { runTool } from './tool.ts'

export type DebianArchitecture = 'amd64' | 'arm64'

export interface DebianPackageOptions {
  readonly version: string
  readonly architecture: DebianArchitecture
  readonly program: string
  /** What the licences of its parts demand to be shipped. */
  readonly licences: string
  readonly examples: string
  /** An empty folder to work in. */
  readonly folder: string
  readonly target: string
}

const PROGRAM = '/usr/bin/landale-agent'
const SCRIPTS = ['postinst', 'prerm', 'postrm'] as const

/** Needs `dpkg-deb`. */
export async function makeDebianPackage(options: DebianPackageOptions): Promise<void> {
  const { version, architecture, program, licences, examples, folder, target } = options
  const tree = join(folder, 'tree')
  const put = (path: string, content: string | Buffer, mode = 0o644) => {
    const file = join(tree, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content, { mode })
    chmodSync(file, mode)
  }
  const documents = '/usr/share/doc/landale-agent'
  put(`/usr/lib/systemd/user/${UNIT_NAME}`, systemdUnit([PROGRAM]))
  put(`${documents}/copyright`, licences)
  put(`${documents}/changelog.gz`, gzipSync(changelog(version), { level: 9 }))
  cpSync(examples, join(tree, documents, 'examples'), { recursive: true })
  mkdirSync(join(tree, dirname(PROGRAM)), { recursive: true })
  copyFileSync(program, join(tree, PROGRAM))
  chmodSync(join(tree, PROGRAM), 0o755)
  put('/DEBIAN/control', controlFile(version, architecture, Math.ceil(bytesBelow(tree) / 1024)))
  for (const name of SCRIPTS) {
    const file = join(tree, 'DEBIAN', name)
    copyFileSync(join(import.meta.dirname, 'debian', name), file)
    chmodSync(file, 0o755)
  }
  makeReadable(tree)
  await runTool('dpkg-deb', ['--root-owner-group', '-Zzstd', '--build', tree, target])
}

function controlFile(version: string, architecture: DebianArchitecture, installedKb: number): string {
  return `Package: landale-agent
Version: ${version}
Architecture: ${architecture}
Maintainer: Landale <landale@localhost>
Installed-Size: ${installedKb}
Depends: libc6 (>= 2.28), libstdc++6, libgcc-s1
Section: admin
Priority: optional
Description: watches and controls the processes of one machine for Landale
 Starts, stops, restarts and watches the processes which this machine's own
 file defines, and reports them to Landale on the streaming computer. It
 needs nothing else: Node is inside.
`
}

function changelog(version: string): string {
  return `landale-agent (${version}) stable; urgency=low\n\n  * See CHANGELOG.md of Landale.\n`
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

/** Whatever this machine's umask is. */
function makeReadable(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) chmodSync(path, 0o755)
    else if (!(statSync(path).mode & 0o100)) chmodSync(path, 0o644)
  }
}
