/** Makes a widget in a copy of the project, and asks of the copy what would be asked of the project. */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWidget, namesOf } from './new-widget.mjs'

const ROOT = join(import.meta.dirname, '..')
const PARTS = ['base', 'contracts', 'overlays', 'renderer', 'vitest.config.ts', 'tsconfig.json', 'package.json']
/** Another test run and the compiler, on a machine that has other things to do. */
const PATIENCE_MS = 300_000

describe('new-widget', () => {
  let copy: string
  let modules: string

  beforeAll(() => {
    copy = mkdtempSync(join(realpathSync(tmpdir()), 'landale-new-widget-'))
    modules = realpathSync(join(ROOT, 'node_modules'))
    for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true })
    symlinkSync(modules, join(copy, 'node_modules'), 'junction')
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true, maxRetries: 5 }))

  function run(script: string, ...args: string[]): Promise<{ code: number | null; said: string }> {
    const child = spawn(process.execPath, [join(modules, script), ...args], {
      cwd: copy,
      env: { ...process.env, NO_COLOR: '1', VITEST: '' },
    })
    let said = ''
    const hear = (chunk: unknown) => {
      said += String(chunk)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })))
  }

  it('takes a name in any spelling, and none that is no name', () => {
    const names = { kind: 'lap-counter', pascal: 'LapCounter', camel: 'lapCounter', title: 'Lap counter' }
    for (const given of ['lap-counter', 'Lap counter', 'lapCounter', ' lap_counter ']) {
      expect(namesOf(given)).toEqual(names)
    }
    for (const given of ['', '../evil', '9lives', 'a--b', 'x'.repeat(41)])
      expect(() => namesOf(given)).toThrow('no name')
  })

  it(
    'makes one that has form, preview and test; a field renamed in it breaks the build',
    async () => {
      createWidget(copy, 'Lap counter')
      expect(() => createWidget(copy, 'lap-counter')).toThrow('already')
      // The tests of every kind find it in the catalogue: its preview, its defaults, its form on the dashboard's page.
      const places = ['overlays/widgets', 'renderer/features/widgets/widgets.test.tsx']
      const tests = await run('vitest/vitest.mjs', 'run', '--project', 'ui', '--reporter', 'verbose', ...places)
      expect(tests).toMatchObject({ code: 0 })
      for (const test of [
        'the widget lap-counter > draws what it simulates',
        'the widget lap-counter > shows words as words',
        'has a control for every setting of lap-counter',
      ]) {
        expect(tests.said).toContain(test)
      }
      const include = ['contracts/widgets.ts', 'overlays/widgets', 'renderer/css.d.ts']
      writeFileSync(join(copy, 'tsconfig.widgets.json'), JSON.stringify({ extends: './tsconfig.json', include }))
      const compile = () => run('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.widgets.json')
      expect(await compile()).toEqual({ code: 0, said: '' })
      const definition = join(copy, 'contracts/widgets/lap-counter.ts')
      writeFileSync(definition, readFileSync(definition, 'utf8').replace('  size: choice', '  scale: choice'))
      const broken = await compile()
      expect(broken.code).not.toBe(0)
      expect(broken.said).toContain('lap-counter-widget.tsx')
    },
    PATIENCE_MS,
  )
})
