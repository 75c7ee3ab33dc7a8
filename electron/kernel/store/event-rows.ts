/** Many events as rows ready to be handed over, made a few per turn of the main loop, which goes on with other things in between. */
import type { AnyEnvelope } from '../../../contracts/envelope.ts'
import { type EventRow, toRow } from './event-row.ts'

/** Of one turn: half a millisecond of work or so. */
const ROWS_PER_TURN = 100
/** Of payloads; whatever comes first ends the turn. */
const CHARS_PER_TURN = 256 * 1024

/**
 * Begins with the next turn, so that the end of one call and the beginning of another don't share one. The events must not
 * be changed until it resolves. Each text is a JSON list of rows, in order.
 */
export async function packRowsByTurns(events: readonly AnyEnvelope[]): Promise<string[]> {
  const lists: string[] = []
  let rows: EventRow[] = []
  const pack = () => {
    if (rows.length > 0) lists.push(JSON.stringify(rows))
    rows = []
  }
  let [rowsLeft, charsLeft] = [0, 0]
  for (const event of events) {
    if (rowsLeft === 0 || charsLeft <= 0) {
      pack()
      await nextTurn()
      ;[rowsLeft, charsLeft] = [ROWS_PER_TURN, CHARS_PER_TURN]
    }
    const row = toRow(event, 'now')
    rows.push(row)
    rowsLeft -= 1
    charsLeft -= row[8].length
  }
  pack()
  return lists
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
