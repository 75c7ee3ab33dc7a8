/** Which program this is, and how a copy of it gets to where it stays. Knows nothing of services. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isSea } from 'node:sea'

export interface Program {
  /** `executable`: the one file that needs no Node. `source`: Node runs `main.ts`, as developers do. */
  readonly kind: 'executable' | 'source'
  /** How it is started, without a command. */
  readonly command: readonly [string, ...string[]]
}

export function thisProgram(): Program {
  if (isSea()) return { kind: 'executable', command: [process.execPath] }
  return { kind: 'source', command: [process.execPath, resolve(process.argv[1] ?? '')] }
}

/**
 * Copies a program to where it stays, also over one that runs: that one keeps its old file. `change` may alter the copy. Throws the
 * system's error and leaves what was there.
 */
export function putInPlace(source: string, target: string, change?: (program: Buffer) => void): void {
  if (resolve(source) === resolve(target)) return
  mkdirSync(dirname(target), { recursive: true })
  const fresh = `${target}.new`
  try {
    if (change) {
      const program = readFileSync(source)
      change(program)
      writeFileSync(fresh, program)
    } else copyFileSync(source, fresh)
    chmodSync(fresh, 0o755)
    // Windows does not replace a program that runs, but lets it be renamed.
    if (process.platform === 'win32') setAside(target)
    renameSync(fresh, target)
  } finally {
    rmSync(fresh, { force: true })
  }
}

function setAside(target: string): void {
  const aside = `${target}.old`
  rmIfPossible(aside)
  try {
    renameSync(target, aside)
  } catch {
    // There is none yet; or it cannot be moved, and then the renaming that follows says why.
  }
  rmIfPossible(aside)
}

/** A program that runs cannot be removed on Windows; answers whether it is gone. */
export function rmIfPossible(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true })
    return true
  } catch {
    return false
  }
}

const WINDOWS_SUBSYSTEM = 2
const SUBSYSTEM_AT = 68

/**
 * Makes a console program one without: started at logon it has no black window. In place. Throws on what is no Windows program.
 */
export function withoutConsole(program: Buffer): void {
  const pe = program.toString('latin1', 0, 2) === 'MZ' ? program.readUInt32LE(0x3c) : program.length
  if (program.toString('latin1', pe, pe + 4) !== 'PE\0\0') throw new Error('this is no Windows program')
  program.writeUInt16LE(WINDOWS_SUBSYSTEM, pe + 24 + SUBSYSTEM_AT)
}

/** Where a copy of the executable stays for this user. */
export function placeFor(environment: NodeJS.ProcessEnv, home: string, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return join(home, '.local', 'bin', 'landale-agent')
  const programs = join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Programs')
  return join(programs, 'Landale Agent', 'landale-agent.exe')
}
