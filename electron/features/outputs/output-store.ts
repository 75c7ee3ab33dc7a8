/** The outputs and their history on disk: how they become rows and rows become them. Knows no rule of either. */
import { z } from 'zod'
import { type BuiltInPage, type Layer, MAIN_OUTPUT, type Output, outputSchema } from '../../../contracts/output.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'
import type { History, Step } from './history.ts'

function ownLayer(id: string, name: string, page: BuiltInPage): Layer {
  return {
    id,
    name,
    source: { kind: 'page', page },
    visible: true,
    rect: { x: 0, y: 0, width: 1920, height: 1080 },
    crop: { top: 0, right: 0, bottom: 0, left: 0 },
    opacity: 1,
    blend: 'normal',
    css: '',
    pageCss: '',
    transparent: true,
  }
}

/**
 * What there is before anyone has changed anything: the pages of the shows, the bar, words over it, alerts, and over all
 * what covers the picture. Those with nothing to say draw nothing.
 */
export const DEFAULT_OUTPUT: Output = {
  id: MAIN_OUTPUT,
  name: 'Main',
  width: 1920,
  height: 1080,
  frameRate: 60,
  layers: [
    ownLayer('ironmon', 'IronMON', 'ironmon'),
    ownLayer('coding', 'Coding', 'coding'),
    ownLayer('omnibar', 'Omnibar', 'omnibar'),
    ownLayer('now-playing', 'Now playing', 'now-playing'),
    ownLayer('status', 'Status', 'status'),
    ownLayer('captions', 'Captions', 'captions'),
    ownLayer('alerts', 'Alerts', 'alerts'),
    ownLayer('takeover', 'Takeover', 'takeover'),
  ],
}

/** A migration's text must never change once it has run somewhere; fields that came later are filled in when it is read. */
function asFirstStored(output: Output): string {
  return JSON.stringify(output, (key, value: unknown) => (key === 'pageCss' ? undefined : value))
}

export const outputsMigrations: readonly Migration[] = [
  {
    id: 'outputs/1',
    sql: `
      CREATE TABLE outputs (id TEXT PRIMARY KEY, place INTEGER NOT NULL, output TEXT NOT NULL) STRICT;
      CREATE TABLE output_steps (
        number INTEGER PRIMARY KEY,
        label TEXT NOT NULL,
        undo TEXT NOT NULL,
        redo TEXT NOT NULL,
        undone INTEGER NOT NULL
      ) STRICT;
      INSERT INTO outputs (id, place, output)
        VALUES ('${MAIN_OUTPUT}', 0, '${asFirstStored(DEFAULT_OUTPUT).replaceAll("'", "''")}');
    `,
  },
]

interface OutputRow {
  id: string
  output: string
}

interface StepRow {
  number: number
  label: string
  undo: string
  redo: string
  undone: number
}

const patchSchema = z.array(
  z.discriminatedUnion('op', [
    z.object({ op: z.literal('add'), path: z.string(), value: z.unknown() }),
    z.object({ op: z.literal('replace'), path: z.string(), value: z.unknown() }),
    z.object({ op: z.literal('remove'), path: z.string() }),
  ]),
)

/**
 * What was last written. An output that can't be read is left out and said so, and with it the history, whose steps
 * would not fit any more; without the main one there is nothing to show, so it is there again as at the beginning.
 */
export async function loadHistory(store: Pick<Store, 'all'>, log: Pick<Logger, 'error'>): Promise<History> {
  const rows = await store.all<OutputRow>('SELECT id, output FROM outputs ORDER BY place')
  const read = rows.map((row) => readOutput(row, log))
  const outputs = read.filter((output) => output !== null)
  const hasMain = outputs.some(({ id }) => id === MAIN_OUTPUT)
  if (!hasMain) outputs.unshift(DEFAULT_OUTPUT)
  if (!hasMain || outputs.length < rows.length) return { outputs, steps: [], done: 0 }
  return { outputs, ...(await loadSteps(store, log)) }
}

function readOutput({ id, output }: OutputRow, log: Pick<Logger, 'error'>): Output | null {
  try {
    return outputSchema.parse(JSON.parse(output))
  } catch (error) {
    log.error({ err: error, output: id }, 'an output could not be read from the store and is left out')
    return null
  }
}

async function loadSteps(
  store: Pick<Store, 'all'>,
  log: Pick<Logger, 'error'>,
): Promise<Pick<History, 'steps' | 'done'>> {
  const rows = await store.all<StepRow>('SELECT * FROM output_steps ORDER BY number')
  try {
    return { steps: rows.map(stepOf), done: rows.filter(({ undone }) => undone === 0).length }
  } catch (error) {
    log.error({ err: error }, 'the history of the outputs could not be read from the store and begins anew')
    return { steps: [], done: 0 }
  }
}

function stepOf({ number, label, undo, redo }: StepRow): Step {
  const size = undo.length + redo.length
  return { number, label, undo: patchSchema.parse(JSON.parse(undo)), redo: patchSchema.parse(JSON.parse(redo)), size }
}

/** What must be written for the disk to go from `before` to `after`; null stands for "whatever is there". */
export function statementsBetween(before: History | null, after: History): Statement[] {
  if (before === null) {
    const empty = { outputs: [], steps: [], done: 0 }
    const clear = ['DELETE FROM outputs', 'DELETE FROM output_steps'].map((sql) => ({ sql }))
    return [...clear, ...statementsBetween(empty, after)]
  }
  return [...outputStatements(before.outputs, after.outputs), ...stepStatements(before, after)]
}

function outputStatements(before: readonly Output[], after: readonly Output[]): Statement[] {
  const gone = before.filter(({ id }) => after.every((output) => output.id !== id))
  const moved = after.filter((output, place) => before[place] !== output)
  return [
    ...gone.map(({ id }) => ({ sql: 'DELETE FROM outputs WHERE id = ?', params: [id] })),
    ...moved.map((output) => ({
      sql: 'REPLACE INTO outputs (id, place, output) VALUES (?, ?, ?)',
      params: [output.id, after.indexOf(output), JSON.stringify(output)],
    })),
  ]
}

function stepStatements(before: History, after: History): Statement[] {
  const isSame = (step: Step, at: number) => {
    const old = before.steps.findIndex((other) => other.number === step.number)
    return before.steps[old] === step && old < before.done === at < after.done
  }
  const gone = before.steps.filter(({ number }) => after.steps.every((step) => step.number !== number))
  const changed = after.steps.filter((step, at) => !isSame(step, at))
  return [
    ...gone.map(({ number }) => ({ sql: 'DELETE FROM output_steps WHERE number = ?', params: [number] })),
    ...changed.map((step) => ({
      sql: 'REPLACE INTO output_steps (number, label, undo, redo, undone) VALUES (?, ?, ?, ?, ?)',
      params: [
        step.number,
        step.label,
        JSON.stringify(step.undo),
        JSON.stringify(step.redo),
        Number(after.steps.indexOf(step) >= after.done),
      ],
    })),
  ]
}
