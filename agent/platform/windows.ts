/**
 * Windows by one PowerShell that is kept (CIM, and the system's own list), Node's own calls where they tell as much, and
 * `taskkill`; `wmic` or `tasklist` where PowerShell is not allowed. Owns what is known of each process between the looks; where PowerShell cannot be used, says less
 * and never that a process is gone which is there. Its parsers are tested on samples and its PowerShell by a stand-in; no
 * PowerShell was ever asked.
 */
import { statfs } from 'node:fs/promises'
import { cpus, freemem, totalmem, uptime } from 'node:os'
import { systemClock } from '../base/clock.ts'
import { errorCode, errorMessage } from '../base/errors.ts'
import type { MachineSample } from '../link/frames.ts'
import {
  parseCim,
  parseDrives,
  parseHeat,
  parseLook,
  parseNet,
  parseSelf,
  parseTasklist,
  parseWmic,
  type SeenProcess,
  toCommand,
  UNSEEN,
} from './cim.ts'
import { CpuShare } from './cpu-share.ts'
import { type Command, type Platform, type ProcessRow, plainName } from './platform.ts'
import { PowerShellHost } from './powershell-host.ts'
import { QUESTIONS, SCRIPT_LINES } from './powershell-script.ts'
import { type RunTool, runTool } from './run-tool.ts'

/** Within this, one look serves all who ask. */
const FRESH_MS = 250
/** So long a known process counts as itself while its number is alive; then its start is compared again. */
const KNOWN_MS = 15_000
/** All is asked of CIM this often; between, only what is new. */
const FULL_MS = 600_000
/** Who asks about what is known already does not wait longer than this for something newer: a stop must not hang. */
const PATIENCE_MS = 3_000
/** More new ones than this are asked for all at once. */
const MANY = 40
/** CIM counts the start in microseconds, the system in tenths of them: no number is given again so soon. */
const SAME_START_MS = 50
/** A tool is a program of its own to start: its answer counts so long, and for one who must know, so long. */
const TOOL_MS = 10_000
const TOOL_FRESH_MS = 1_000
const DRIVES_MS = 600_000
const HEAT_MS = 60_000

export interface WindowsTools {
  readonly host: Pick<PowerShellHost, 'ask' | 'trouble' | 'close'>
  readonly run: RunTool
  /** Monotonic ms. */
  readonly now: () => number
  /** Whether a process has this number. */
  readonly exists: (pid: number) => boolean
  /** Ends it at once. Throws the system's error. */
  readonly terminate: (pid: number) => void
  /** This program's own. */
  readonly pid: number
  /** ms epoch. */
  readonly bootedAt: number
  readonly patienceMs: number
}

interface Known {
  row: ProcessRow
  name: string
  /** As looks write the name; they leave out the ending. */
  shown: string | undefined
  /** The parent and the start come from CIM. */
  full: boolean
  /** When it was last seen to be itself. */
  seenAt: number
  command: Command | undefined
}

export function createWindowsPlatform(tools: WindowsTools = realTools()): Platform {
  const processes = new WindowsProcesses(tools)
  const machine = new WindowsMachine(tools)
  const { host, bootedAt } = tools
  return {
    table: () => processes.table(),
    row: (pid) => processes.row(pid),
    rows: (pids) => processes.rows(pids),
    command: (row) => processes.command(row),
    // An environment cannot be read from outside on Windows; the parent's number and the saved start must do.
    marker: async () => undefined,
    signal: (row, signal) => (signal === 'SIGKILL' ? processes.kill([row]) : processes.ask(row)),
    kill: (rows) => processes.kill(rows),
    machine: () => machine.sample(),
    bootedAt: async () => bootedAt,
    async notes() {
      try {
        const { version, mode } = parseSelf(await host.ask(QUESTIONS.self))
        const notes: string[] = []
        if (mode !== 'FullLanguage') {
          notes.push(
            `PowerShell ${version} is held to ${mode}: no network figures, and odd letters in names may be wrong`,
          )
        }
        if (processes.cimTrouble)
          notes.push(`CIM does not answer (${processes.cimTrouble}): no parents, no command lines`)
        return notes
      } catch (error) {
        const why = host.trouble ?? errorMessage(error)
        return [`PowerShell cannot be used (${why}): ${processes.without}, no command lines and no network figures`]
      }
    },
    close: () => host.close(),
  }
}

function realTools(): WindowsTools {
  const system = process.env.SystemRoot ?? 'C:\\Windows'
  const host = new PowerShellHost({
    // By its full path: what else has this name somewhere is not asked.
    command: `${system}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`,
    // Execution policies are about files; nothing here is one.
    args: [
      '-NoLogo',
      '-NoProfile',
      '-NonInteractive',
      '-InputFormat',
      'Text',
      '-OutputFormat',
      'Text',
      '-Command',
      '-',
    ],
    script: SCRIPT_LINES,
    clock: systemClock,
    random: Math.random,
  })
  return {
    host,
    run: (command, args) => runTool(`${system}\\System32\\${command}`, args),
    now: () => performance.now(),
    exists: isAlive,
    terminate: (pid) => void process.kill(pid, 'SIGKILL'),
    pid: process.pid,
    bootedAt: Math.round(Date.now() - uptime() * 1_000),
    patienceMs: PATIENCE_MS,
  }
}

class WindowsProcesses {
  readonly #known = new Map<number, Known>()
  readonly #tools: WindowsTools
  #fullAt = Number.NEGATIVE_INFINITY
  #cimTrouble: string | undefined
  /** Somebody has told of all processes. */
  #told = false
  #look: { at: number; done: Promise<void> } | undefined
  #tasks: { at: number; done: Promise<void> } | undefined
  /** The tool that told something the last time. */
  #tool = 0

  constructor(tools: WindowsTools) {
    this.#tools = tools
  }

  async table(): Promise<readonly ProcessRow[]> {
    // Who asks after an end wants to know what it left: an older look, or one that was under way, does not tell.
    for (let turn = 0; turn < 2; turn++) {
      if (this.#someEnded()) this.#stale()
      await (this.#told ? this.#patiently(this.#fresh()) : this.#fresh())
    }
    return this.#rows([...this.#known.keys()])
  }

  async row(pid: number): Promise<ProcessRow | undefined> {
    const { exists, now } = this.#tools
    if (!exists(pid)) return undefined
    const known = this.#known.get(pid)
    if (known && now() - known.seenAt < KNOWN_MS) return known.row
    const done = this.#compare([pid]).catch(() => this.#byTool(known ? TOOL_MS : 0).catch(() => {}))
    await (known ? this.#patiently(done) : done)
    // What is there and is not told of is there: for one that is gone, another would be started.
    if (!this.#known.has(pid) && exists(pid)) this.#take({ ...UNSEEN, pid }, false)
    return this.#rows([pid])[0]
  }

  async rows(pids: readonly number[]): Promise<readonly ProcessRow[]> {
    const alive = pids.filter((pid) => this.#tools.exists(pid))
    if (alive.length === 0) return []
    await this.#patiently(this.#compare(alive).catch(() => this.#byTool(TOOL_MS).catch(() => {})))
    return this.#rows(alive)
  }

  async command({ pid, token }: ProcessRow): Promise<Command | undefined> {
    const known = this.#known.get(pid)
    if (known?.row.token !== token) return undefined
    known.command ??= toCommand(known.name, await this.#tools.host.ask(QUESTIONS.line(pid)))
    return known.command
  }

  /** As a click on its window's cross: programs without a window know no such thing, and are ended at once. */
  async ask(row: ProcessRow): Promise<void> {
    this.#stale()
    let isAsked = false
    const { host } = this.#tools
    const asking = host.ask(QUESTIONS.close(row.pid)).then(
      (answer) => {
        isAsked = answer === true
      },
      () => {},
    )
    await this.#patiently(asking)
    if (isAsked) return
    try {
      // It finds windows that do not show, too: of a program that is an icon beside the clock.
      // Without its children: `taskkill /T` asks the windowless ones first, and when these cannot be asked, nobody.
      await this.#tools.run('taskkill.exe', ['/PID', String(row.pid)])
    } catch {
      if (this.#tools.exists(row.pid)) await this.kill([row])
    }
  }

  async kill(rows: readonly ProcessRow[]): Promise<void> {
    this.#stale()
    const refused: string[] = []
    for (const { pid, token } of rows) {
      const known = this.#known.get(pid)
      // Its number is somebody else's by now.
      if (known && known.row.token !== token) continue
      if (known && !known.full) await this.#tools.run('taskkill.exe', ['/PID', String(pid), '/T', '/F']).catch(() => {})
      try {
        this.#tools.terminate(pid)
      } catch (error) {
        if (errorCode(error) !== 'ESRCH' && this.#tools.exists(pid)) refused.push(`${pid}: ${errorMessage(error)}`)
      }
    }
    if (refused.length > 0) {
      throw new Error(`Windows refuses to end ${refused.join(', ')}; is it run by an administrator, and the agent not?`)
    }
  }

  /** Those of these that are alive, as known. A parent younger than its child is somebody else with the parent's number. */
  #rows(pids: readonly number[]): ProcessRow[] {
    return pids.flatMap((pid) => {
      const known = this.#known.get(pid)
      if (!known || !this.#tools.exists(pid)) return []
      const { row } = known
      const parent = this.#known.get(row.ppid)?.row
      return [parent && parent.startedAt > row.startedAt ? { ...row, ppid: 0 } : row]
    })
  }

  /** `work` never rejects, and goes on. */
  async #patiently(work: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#tools.patienceMs)
    })
    await Promise.race([work, enough])
    clearTimeout(timer)
  }

  #fresh(): Promise<void> {
    const { now } = this.#tools
    if (this.#look && now() - this.#look.at < FRESH_MS) return this.#look.done
    // While it goes on it is as fresh as can be.
    const look = { at: Number.POSITIVE_INFINITY, done: Promise.resolve() }
    look.done = this.#lookAround()
      .catch(() => this.#byTool(TOOL_FRESH_MS).catch(() => {}))
      .then(() => {
        look.at = now()
      })
    this.#look = look
    return look.done
  }

  async #lookAround(): Promise<void> {
    const { host, now } = this.#tools
    if (now() - this.#fullAt > FULL_MS) return this.#all()
    const seen = parseLook(await host.ask(QUESTIONS.look))
    const unknown = seen.filter((one) => !this.#meet(one)).map(({ pid }) => pid)
    this.#forgetAllBut(seen)
    if (unknown.length > MANY) await this.#all()
    else await this.#learn(unknown)
  }

  async #all(): Promise<void> {
    const seen = await this.#cim(QUESTIONS.all, () => QUESTIONS.look)
    this.#forgetAllBut(seen)
    this.#fullAt = this.#tools.now()
    this.#told = true
  }

  async #learn(pids: readonly number[]): Promise<void> {
    if (pids.length > 0) await this.#cim(QUESTIONS.some(pids), () => QUESTIONS.use(pids))
  }

  /** Where CIM itself is broken or switched off, the system's own list knows all but the parents. */
  async #cim(question: string, otherwise: () => string): Promise<SeenProcess[]> {
    const { host } = this.#tools
    let seen: SeenProcess[]
    try {
      seen = parseCim(await host.ask(question))
      this.#cimTrouble = undefined
    } catch (error) {
      if (host.trouble !== undefined) throw error
      this.#cimTrouble = errorMessage(error)
      seen = parseLook(await host.ask(otherwise()))
    }
    for (const one of seen) this.#take(one, one.ppid !== undefined)
    return seen
  }

  /** Why CIM did not answer the last time, where PowerShell did. */
  get cimTrouble(): string | undefined {
    return this.#cimTrouble
  }

  /** These, by what they use now; those that are not known, or somebody else now, by CIM. */
  async #compare(pids: readonly number[]): Promise<void> {
    const known = pids.filter((pid) => this.#known.get(pid)?.full)
    const unknown = new Set(pids.filter((pid) => !known.includes(pid)))
    if (known.length > 0) {
      for (const one of parseLook(await this.#tools.host.ask(QUESTIONS.use(known)))) {
        if (!this.#meet(one)) unknown.add(one.pid)
      }
    }
    await this.#learn([...unknown])
  }

  /** False for one that is not known, or another than the one that had this number. */
  #meet(seen: SeenProcess): boolean {
    const known = this.#known.get(seen.pid)
    if (!known?.full) return false
    const alike = known.shown === undefined ? startsLike(known.name, seen.name) : known.shown === seen.name
    // Where it writes a name quite differently, that is learnt by asking CIM once more.
    known.shown = seen.name
    if (!alike || !sameStart(known.row, seen)) return false
    const { cpuMs } = known.row
    known.row = { ...known.row, memory: seen.memory, cpuMs: seen.cpuMs > 0 ? seen.cpuMs : cpuMs }
    known.seenAt = this.#tools.now()
    return true
  }

  /** What is told of a process now counts. One that is still itself keeps its token, whoever gave it. */
  #take(seen: SeenProcess, full: boolean): void {
    const { pid, name, ppid, startedAt, cpuMs, memory } = seen
    const before = this.#known.get(pid)
    const same = before && sameName(before.name, name) && sameStart(before.row, seen)
    if (same && (before.full || !full)) {
      // What a tool does not tell is as it was.
      before.row = { ...before.row, memory, cpuMs: Math.max(cpuMs, before.row.cpuMs), ppid: ppid || before.row.ppid }
      before.seenAt = this.#tools.now()
      return
    }
    const token = same ? before.row.token : this.#tokenOf(seen)
    this.#known.set(pid, {
      row: { pid, ppid: ppid ?? 0, group: 0, session: 0, token, startedAt, cpuMs, memory, name },
      name,
      shown: same ? before.shown : undefined,
      full,
      seenAt: this.#tools.now(),
      command: same ? before.command : undefined,
    })
  }

  /** With its name alone it may be known again by the next agent until the machine starts anew; without, never. */
  #tokenOf({ started, startedAt, name }: SeenProcess): string {
    if (startedAt > 0) return started
    const { pid, bootedAt } = this.#tools
    return name === '' ? `unseen by ${pid} of ${Date.now()}` : `${name} since ${Math.round(bootedAt / 60_000)}`
  }

  /** What is not told where PowerShell cannot be used. */
  get without(): string {
    return TOOLS[this.#tool]?.without ?? ''
  }

  /** Where PowerShell cannot be used: the first of the tools that tells of this program. Rejects when none does. */
  #byTool(maxAgeMs: number): Promise<void> {
    const now = this.#tools.now()
    if (this.#tasks && now - this.#tasks.at < maxAgeMs) return this.#tasks.done
    const done = this.#askTools()
    this.#tasks = { at: now, done }
    return done
  }

  async #askTools(): Promise<void> {
    for (; this.#tool < TOOLS.length; this.#tool++) {
      const tool = TOOLS[this.#tool]
      const text = tool && (await this.#tools.run(tool.command, tool.args).catch(() => ''))
      const seen = text ? tool.parse(text) : []
      if (!seen.some(({ pid }) => pid === this.#tools.pid)) continue
      for (const one of seen) this.#take(one, one.startedAt > 0)
      this.#told = true
      this.#forgetAllBut(seen)
      return
    }
    this.#tool = 0
    throw new Error('neither PowerShell nor wmic nor tasklist tells of the processes')
  }

  /** Those that are there all the same were started meanwhile. One that ended meanwhile is noticed by `#someEnded`. */
  #forgetAllBut(seen: readonly SeenProcess[]): void {
    const pids = new Set(seen.map(({ pid }) => pid))
    for (const pid of this.#known.keys()) if (!pids.has(pid) && !this.#tools.exists(pid)) this.#known.delete(pid)
  }

  #someEnded(): boolean {
    return [...this.#known.keys()].some((pid) => !this.#tools.exists(pid))
  }

  #stale(): void {
    this.#look = undefined
    this.#tasks = undefined
  }
}

const COLUMNS = 'Name,ParentProcessId,ProcessId,WorkingSetSize'
/** In this order. `wmic` is gone from new Windows. */
const TOOLS: readonly {
  readonly command: string
  readonly args: readonly string[]
  readonly parse: (text: string) => SeenProcess[]
  readonly without: string
}[] = [
  {
    command: 'wbem\\wmic.exe',
    args: ['process', 'get', `CreationDate,${COLUMNS}`],
    parse: parseWmic,
    without: 'no processor time',
  },
  { command: 'wbem\\wmic.exe', args: ['process', 'get', COLUMNS], parse: parseWmic, without: 'no start times' },
  {
    command: 'tasklist.exe',
    args: ['/FO', 'CSV', '/NH'],
    parse: parseTasklist,
    without: 'no parents and no start times',
  },
]

/** One that is not told is no difference. */
function sameStart(before: { startedAt: number }, now: { startedAt: number }): boolean {
  if (before.startedAt === 0 || now.startedAt === 0) return true
  return Math.abs(before.startedAt - now.startedAt) < SAME_START_MS
}

function startsLike(name: string, shown: string): boolean {
  return name.toLowerCase().startsWith(shown.toLowerCase())
}

function sameName(before: string, now: string): boolean {
  return before === '' || now === '' || plainName(before) === plainName(now)
}

interface Counted {
  readonly at: number
  readonly bytes: readonly [number, number]
}

/** The machine's own figures: Node's where it has them. */
class WindowsMachine {
  readonly #cpu = new CpuShare(cpus)
  readonly #tools: WindowsTools
  #reading: Promise<void> | undefined
  #net: Counted | undefined
  #rates: [number, number] | null = null
  #letters = [process.env.SystemDrive ?? 'C:']
  #drivesDue = Number.NEGATIVE_INFINITY
  #degrees: number | null = null
  #heatDue = Number.NEGATIVE_INFINITY

  constructor(tools: WindowsTools) {
    this.#tools = tools
  }

  /** What PowerShell tells is of the sample before: nobody waits for it. */
  async sample(): Promise<MachineSample> {
    this.#reading ??= this.#read()
      .catch(() => {})
      .finally(() => {
        this.#reading = undefined
      })
    return {
      cpu: this.#cpu.next(),
      memory: totalmem() - freemem(),
      disks: (await Promise.all(this.#letters.map(space))).filter((disk) => disk !== undefined),
      net: this.#rates,
      temperature: this.#degrees,
    }
  }

  async #read(): Promise<void> {
    const { host, now } = this.#tools
    if (now() >= this.#drivesDue) {
      const letters = parseDrives(await host.ask(QUESTIONS.drives))
      if (letters.length > 0) this.#letters = letters
      this.#drivesDue = now() + DRIVES_MS
    }
    // In constrained language it is refused.
    const bytes = parseNet(await host.ask(QUESTIONS.net).catch(() => undefined))
    const before = this.#net
    const after = bytes && { at: now(), bytes }
    this.#net = after
    this.#rates = before && after ? rates(before, after) : null
    if (now() >= this.#heatDue) {
      this.#degrees = parseHeat(await host.ask(QUESTIONS.heat).catch(() => undefined))
      // A machine that tells none is not asked again.
      this.#heatDue = this.#degrees === null ? Number.POSITIVE_INFINITY : now() + HEAT_MS
    }
  }
}

function rates(before: Counted, after: Counted): [number, number] {
  const seconds = Math.max(0.001, (after.at - before.at) / 1_000)
  const rate = (index: 0 | 1) => Math.max(0, Math.round((after.bytes[index] - before.bytes[index]) / seconds))
  return [rate(0), rate(1)]
}

async function space(letter: string): Promise<[string, number, number] | undefined> {
  const path = `${letter}\\`
  try {
    const { blocks, bfree, bsize } = await statfs(path)
    return blocks > 0 ? [path, (blocks - bfree) * bsize, blocks * bsize] : undefined
  } catch {
    // A card reader without a card.
    return undefined
  }
}

/** A number that may not be asked about is alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}
