/**
 * `node inject.ts <program> <blob>`: puts the agent into a copy of Node. A process of its own: the tool needs a gigabyte
 * for a moment, blocks while it works, and prints what nobody can act upon.
 */
import { readFileSync } from 'node:fs'
import { inject } from 'postject'

/** By which Node knows that it carries an application; the same in every version. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

const [program = '', blob = ''] = process.argv.slice(2)
await inject(program, 'NODE_SEA_BLOB', readFileSync(blob), { sentinelFuse: FUSE, machoSegmentName: 'NODE_SEA' })
