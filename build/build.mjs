/** `npm run build`: makes `out/` anew. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, requireNode, root } from './stale.mjs'

requireNode()
rmSync(join(root, 'out', '.built'), { force: true })
ensureBuilt()
