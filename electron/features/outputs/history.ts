/**
 * The outputs and how they came to be: every change can be taken back and done again. Pure; knows no disk and no page. A
 * step is kept as the difference it made, both ways, so that what it costs follows the change and not the outputs.
 */
import { z } from 'zod'
import { applyPatch } from '../../../contracts/client/apply-patch.ts'
import { MAX_OUTPUTS, type Output, outputSchema } from '../../../contracts/output.ts'
import type { PatchOperation } from '../../../contracts/wire.ts'
import { jsonDiff } from '../../kernel/channels/json-diff.ts'

export interface Step {
  /** Rises from one step to the next. */
  readonly number: number
  /** What was done, as an order: `Hide layer “Camera”`. */
  readonly label: string
  readonly undo: readonly PatchOperation[]
  readonly redo: readonly PatchOperation[]
  /** As JSON, characters. */
  readonly size: number
}

export interface History {
  readonly outputs: readonly Output[]
  /** Oldest first. */
  readonly steps: readonly Step[]
  /** How many of them are done; those behind were taken back. */
  readonly done: number
}

/** Further back nobody remembers what it was. */
const MAX_STEPS = 100
/** Of all steps together: a removed output with its layers may be large. The newest step is always kept. */
const MAX_STEPS_SIZE = 4 * 1024 * 1024

/** The last step done, and the next to do again. */
export function undoStep({ steps, done }: History): Step | null {
  return steps[done - 1] ?? null
}

export function redoStep({ steps, done }: History): Step | null {
  return steps[done] ?? null
}

/** Makes a new step. What could have been done again is forgotten. The same history where nothing changes. */
export function change(history: History, outputs: readonly Output[], label: string): History {
  const redo = jsonDiff(history.outputs, outputs)
  if (redo.length === 0) return history
  const undo = jsonDiff(outputs, history.outputs)
  const before = history.steps.slice(0, history.done)
  const number = (before.at(-1)?.number ?? 0) + 1
  const steps = bounded([...before, { number, label, undo, redo, size: JSON.stringify([undo, redo]).length }])
  return { outputs, steps, done: steps.length }
}

function bounded(steps: readonly Step[]): readonly Step[] {
  const newest = steps.slice(-MAX_STEPS)
  let size = newest.reduce((sum, step) => sum + step.size, 0)
  let from = 0
  while (size > MAX_STEPS_SIZE && from < newest.length - 1) {
    size -= newest[from]?.size ?? 0
    from += 1
  }
  return newest.slice(from)
}

/** Null when nothing is left to take back. Throws when the step does not fit the outputs. */
export function undo(history: History): History | null {
  const step = undoStep(history)
  return step && { ...history, outputs: patched(history.outputs, step.undo), done: history.done - 1 }
}

/** Null when nothing was taken back. Throws when the step does not fit the outputs. */
export function redo(history: History): History | null {
  const step = redoStep(history)
  return step && { ...history, outputs: patched(history.outputs, step.redo), done: history.done + 1 }
}

const outputsSchema = z.array(outputSchema).min(1).max(MAX_OUTPUTS)

/** Steps come from disk, where an older version or another hand may have written: what they lead to is checked. */
function patched(outputs: readonly Output[], ops: readonly PatchOperation[]): readonly Output[] {
  return outputsSchema.parse(applyPatch(outputs, ops))
}
