/** What one examination found, and what all of them together mean. Pure. */

/** `poor`: it does without, in the way the words say. */
type Verdict = 'good' | 'poor' | 'bad'

export interface Finding {
  /** Stable, for programs. */
  id: string
  verdict: Verdict
  /** What is so, in words. */
  says: string
  /** What to do about it; null when there is nothing to do. */
  advice: string | null
}

export type ExitCode = 0 | 1 | 2

/** Without these Landale does not start. */
const VITAL: readonly string[] = ['node', 'sqlite', 'data', 'settings', 'port']
/** One of these has to be good for `/live`. */
const PAINTERS: readonly string[] = ['electron', 'canvas', 'screencast']

export function exitCodeOf(findings: readonly Finding[]): ExitCode {
  if (findings.some(({ id, verdict }) => VITAL.includes(id) && verdict === 'bad')) return 1
  const canPaint = findings.some(({ id, verdict }) => PAINTERS.includes(id) && verdict === 'good')
  return canPaint ? 0 : 2
}

const CONCLUSIONS: Record<ExitCode, string> = {
  0: 'Landale runs here and paints the picture.',
  1: 'Landale can not run here before the lines marked with ✗ are put right.',
  2: 'Landale runs here, but can not paint the picture: OBS can show /overlay, not /live.',
}

const MARKS: Record<Verdict, string> = { good: '✓', poor: '–', bad: '✗' }

/** The report for a person. */
export function wordsOf(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ verdict, says, advice }) => [
    `${MARKS[verdict]} ${says}`,
    ...(advice === null ? [] : [`    ${advice}`]),
  ])
  return `${[...lines, '', CONCLUSIONS[exitCodeOf(findings)]].join('\n')}\n`
}

export function jsonOf(findings: readonly Finding[]): string {
  const exitCode = exitCodeOf(findings)
  return `${JSON.stringify({ exitCode, conclusion: CONCLUSIONS[exitCode], findings }, null, 2)}\n`
}

export function good(id: string, says: string): Finding {
  return { id, verdict: 'good', says, advice: null }
}

export function poor(id: string, says: string, advice: string | null = null): Finding {
  return { id, verdict: 'poor', says, advice }
}

export function bad(id: string, says: string, advice: string): Finding {
  return { id, verdict: 'bad', says, advice }
}
