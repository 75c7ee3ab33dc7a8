/**
 * A process made to be killed: writes events to the store in argv[2] as fast as it can and prints `<n> <seq> <id>` for each
 * that was confirmed. Each event also counts itself in a table, in the same transaction.
 */
import { v7 as uuidv7 } from 'uuid'
import { systemClock } from '../../../../base/clock.ts'
import { openStore } from '../open-store.ts'
import { CRASH_MIGRATIONS } from './crash-migrations.ts'
import { silentLog } from './silent-log.ts'

const AT_ONCE = 20

const dataDir = process.argv[2]
if (dataDir === undefined) throw new Error('usage: crash-child.ts DATA_DIR')

const store = await openStore({ dataDir, migrations: CRASH_MIGRATIONS, clock: systemClock, log: silentLog })
const under = new Set<Promise<void>>()
for (let n = 0; ; n++) {
  const id = uuidv7()
  const payload = { n, message: `event number ${n} of this run`, blob: 'x'.repeat(3000) }
  const event = { id, type: 'test.event', source: 'test', at: Date.now(), correlationId: id, payload }
  const call = store.append([event], [{ sql: 'UPDATE counter SET n = n + 1' }]).then(([seq]) => {
    process.stdout.write(`${n} ${seq} ${id}\n`)
    under.delete(call)
  })
  under.add(call)
  if (under.size >= AT_ONCE) await Promise.race(under)
}
