/**
 * One PowerShell that is kept and asked again and again: starting one costs half a second of a processor, which beside a
 * game is too much for every look. Owns its life: it is started by the first question, ended when it does not answer in
 * time, started again after a growing delay, and goes when the agent goes, however that happens (its input ends, and on
 * Windows a child that is not detached dies with its parent). Knows nothing of what is asked.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { backoffMs } from '../base/backoff.ts'
import type { Clock, Disposable } from '../base/clock.ts'
import { errorMessage } from '../base/errors.ts'
import { isObject } from '../base/parse.ts'
import { marks, questionLine } from './powershell-script.ts'

/** PowerShell, its modules and CIM together may take this long to be there, on a machine that has just started. */
const START_MS = 45_000
const ANSWER_MS = 20_000
const BACKOFF = { initialMs: 2_000, maxMs: 300_000 }
/** One that lived so long was a good one: the next fault begins with the shortest delay again. */
const GOOD_MS = 120_000
const MAX_WAITING = 32
/** A thousand processes take 100 KB. */
const MAX_ANSWER = 4 * 1_024 * 1_024

export interface PowerShellOptions {
  readonly command: string
  readonly args: readonly string[]
  /** What it is told first, a command a line. */
  readonly script: readonly string[]
  readonly clock: Clock
  readonly random: () => number
  /** Of the first answer, which includes its start, and of every other; ms. */
  readonly startMs?: number
  readonly answerMs?: number
}

interface Question {
  readonly text: string
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

interface Living {
  readonly child: ChildProcess
  readonly since: number
  answered: boolean
  output: string
  asked: { number: number; question: Question; deadline: Disposable } | undefined
}

export class PowerShellHost {
  #living: Living | undefined
  #waiting: Question[] = []
  #number = 0
  #faults = 0
  #notBefore = Number.NEGATIVE_INFINITY
  #trouble: string | undefined
  #closed = false
  readonly #options: PowerShellOptions

  constructor(options: PowerShellOptions) {
    this.#options = options
  }

  /** Why it could not be used the last time; undefined while it answers. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  /** The answer's JSON value. Rejects when PowerShell cannot answer (at once while a new start is not yet due). */
  ask(text: string): Promise<unknown> {
    const { clock } = this.#options
    if (this.#closed) return Promise.reject(new Error('the agent is ending'))
    if (!this.#living && clock.monotonic() < this.#notBefore) {
      return Promise.reject(new Error(this.#trouble ?? 'PowerShell is not there'))
    }
    if (this.#waiting.length >= MAX_WAITING) return Promise.reject(new Error('PowerShell has too much to answer'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject })
      this.#next()
    })
  }

  /** Ends it. What is asked is rejected. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#lose('the agent is ending')
  }

  #next(): void {
    if (this.#waiting.length === 0) return
    const living = this.#living ?? this.#start()
    if (!living || living.asked) return
    const question = this.#waiting.shift()
    if (!question) return
    const { clock, startMs = START_MS, answerMs = ANSWER_MS } = this.#options
    const limitMs = living.answered ? answerMs : startMs
    const number = ++this.#number
    const deadline = clock.setTimeout(
      () => this.#lose(`PowerShell did not answer within ${Math.round(limitMs / 1_000)} s`, living),
      limitMs,
    )
    living.asked = { number, question, deadline }
    living.child.stdin?.write(`${questionLine(number, question.text)}\r\n`)
  }

  #start(): Living | undefined {
    const { command, args, script, clock } = this.#options
    let child: ChildProcess
    try {
      // Not detached: so it ends with the agent. What it complains about is in its answers.
      child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true })
    } catch (error) {
      this.#lose(`PowerShell did not start: ${errorMessage(error)}`)
      return undefined
    }
    const living: Living = { child, since: clock.monotonic(), answered: false, output: '', asked: undefined }
    this.#living = living
    child.once('error', (error) => this.#lose(`PowerShell did not start: ${errorMessage(error)}`, living))
    child.once('exit', (code, signal) => this.#lose(`PowerShell ended (${signal ?? `code ${code}`})`, living))
    // Its end is told by `exit`.
    child.stdin?.on('error', () => {})
    child.stdout?.setEncoding('utf8')
    child.stdout?.on('data', (text: string) => this.#read(living, text))
    if (child.pid !== undefined) {
      try {
        setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
      } catch {
        // It answers all the same.
      }
      child.stdin?.write(`${script.join('\r\n')}\r\n`)
    }
    return living
  }

  #read(living: Living, text: string): void {
    if (this.#living !== living) return
    living.output += text
    const { asked } = living
    if (!asked) {
      // Nothing was asked: a banner, or a remark.
      living.output = ''
      return
    }
    const [begin, end] = marks(asked.number)
    const from = living.output.indexOf(begin)
    const to = from < 0 ? -1 : living.output.indexOf(end, from)
    if (to < 0) {
      if (living.output.length > MAX_ANSWER) this.#lose('PowerShell answered more than anything that was asked', living)
      return
    }
    // A console may break long lines; an answer has no line ends of its own.
    const body = living.output.slice(from + begin.length, to).replaceAll(/[\r\n]/g, '')
    let answer: unknown
    try {
      answer = JSON.parse(body)
    } catch {
      this.#lose('PowerShell answered what cannot be read', living)
      return
    }
    living.output = ''
    living.asked = undefined
    living.answered = true
    this.#trouble = undefined
    asked.deadline.dispose()
    if (isObject(answer) && typeof answer.error === 'string')
      asked.question.reject(new Error(answer.error.slice(0, 500)))
    else asked.question.resolve(answer)
    this.#next()
  }

  /** It is of no use any more: whoever waits is told, and a new one is started by a later question. */
  #lose(reason: string, which = this.#living): void {
    if (which !== this.#living) return
    this.#living = undefined
    const { clock, random } = this.#options
    const now = clock.monotonic()
    if (which?.answered && now - which.since > GOOD_MS) this.#faults = 0
    this.#notBefore = now + backoffMs(BACKOFF, this.#faults++, random)
    this.#trouble = reason
    const lost = which?.asked ? [which.asked.question, ...this.#waiting] : this.#waiting
    this.#waiting = []
    which?.asked?.deadline.dispose()
    which?.child.stdin?.destroy()
    which?.child.stdout?.destroy()
    which?.child.kill('SIGKILL')
    for (const { reject } of lost) reject(new Error(reason))
  }
}
