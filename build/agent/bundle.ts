/** The agent as one CommonJS file, as a single executable application wants it. */
import { join } from 'node:path'
import { build } from 'vite'

/** Native helpers that ws uses where somebody has installed them; an executable has none, and ws does without. */
const ABSENT = ['bufferutil', 'utf-8-validate']

/** Writes `agent.cjs` into `folder` and answers its path. */
export async function bundleAgent(root: string, folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'warn',
    root: join(root, 'agent'),
    ssr: { noExternal: true, external: ABSENT, target: 'node' },
    build: {
      ssr: 'main.ts',
      outDir: folder,
      emptyOutDir: false,
      target: 'node22',
      minify: false,
      rolldownOptions: {
        external: ABSENT,
        output: { format: 'cjs', codeSplitting: false, entryFileNames: 'agent.cjs' },
      },
    },
  })
  return join(folder, 'agent.cjs')
}
