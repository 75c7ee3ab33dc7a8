/** A child under supervision: says that it lives, notes when by the clock all processes share, and is idle. */
import { appendFileSync } from 'node:fs'

process.stdout.write('ready\n')
const { BENCH_FIRST_LINES = '/dev/null', BENCH_CHILD = '' } = process.env
appendFileSync(BENCH_FIRST_LINES, `${BENCH_CHILD} ${process.pid} ${process.hrtime.bigint()}\n`)
setInterval(() => {}, 2 ** 30)
