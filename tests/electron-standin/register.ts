/** Answers `import 'electron'` and `require('electron')` of the whole process with the stand-in. */
import { registerHooks } from 'node:module'

const STAND_IN = new URL('./electron.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'electron' && specifier !== 'electron/main') return next(specifier, context)
    return { url: STAND_IN, format: 'module-typescript', shortCircuit: true }
  },
})
