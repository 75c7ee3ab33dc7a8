/** Serves the design bench: `node renderer/dev/serve.ts [port]`. The dashboard itself is built by electron-vite. */
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createServer } from 'vite'
import solid from 'vite-plugin-solid'

const server = await createServer({
  configFile: false,
  root: resolve(import.meta.dirname, '..'),
  publicDir: false,
  plugins: [solid()],
  // Outside the checkout, so that no tool of the project sees it.
  cacheDir: join(tmpdir(), 'landale-design-bench'),
  server: { host: '127.0.0.1', port: Number(process.argv[2] ?? 0), strictPort: true, hmr: false },
})
await server.listen()
process.stdout.write(`${server.resolvedUrls?.local[0] ?? ''}dev/?scene=live\n`)
