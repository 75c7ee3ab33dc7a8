/** Ids that sort by the time of their making. */
import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const ID_BYTES = 16
/** Random bytes are asked of the system in bulk: one by one they cost more than all the rest of an id. */
const pool = new Uint8Array(ID_BYTES * 256)
let used = pool.length

/** A UUIDv7. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += ID_BYTES
  return v7({ random: pool.subarray(used - ID_BYTES, used) })
}
