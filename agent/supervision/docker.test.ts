/** A compose stack, over a docker of our own on the path. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { define, FOREVER, Rig } from '../testing/rig.ts'
import { allRun, composeArgs, parseContainers } from './docker.ts'

describe('docker compose ps', () => {
  const seq = { Name: 'stack-seq-1', Service: 'seq', State: 'running', Health: 'healthy' }
  const db = { Name: 'postgres', Service: 'db', State: 'exited', Health: '' }

  it.each([
    ['a line each', `${JSON.stringify(seq)}\n${JSON.stringify(db)}\n`],
    ['one list', JSON.stringify([seq, db])],
    ['a warning before', `time="x" level=warning msg="obsolete"\n${JSON.stringify(seq)}\n${JSON.stringify(db)}`],
  ])('%s', (_name, text) => {
    const states = parseContainers(text)
    expect(states.map(({ name, state }) => [name, state])).toEqual([
      ['stack-seq-1', 'running'],
      ['postgres', 'exited'],
    ])
    expect(allRun(states, ['seq'])).toBe(true)
    expect(allRun(states, ['stack-seq-1'])).toBe(true)
    expect(allRun(states, ['seq', 'postgres'])).toBe(false)
    expect(allRun(states, ['gone'])).toBe(false)
    expect(allRun(states, [])).toBe(false)
  })

  it('nothing is no stack', () => {
    expect(allRun(parseContainers(''), [])).toBe(false)
  })

  it.each([
    ['docker', ['compose', '-f', 'x.yml', 'up', '-d'], ['compose', '-f', 'x.yml']],
    ['docker-compose', ['-f', 'x.yml', 'up', '-d'], ['compose', '-f', 'x.yml']],
    ['make', ['up'], ['compose']],
  ])('%s %o is asked by %o', (command, args, expected) => {
    expect(composeArgs({ command, args })).toEqual(expected)
  })
})

describe.runIf(process.platform === 'linux')('a stack', () => {
  let rig: Rig
  beforeEach(() => {
    rig = new Rig()
    const bin = join(rig.folder, 'bin')
    mkdirSync(bin)
    // Its containers run while there is a file `up` beside it.
    const fake = `#!/bin/sh
cd "${rig.folder}"
echo "$@" >> calls
case "$*" in
  *"up -d"*) [ -e refuse ] && { echo "no such image" >&2; exit 1; }; touch up ;;
  *down*) rm -f up ;;
  *ps*) if [ -e up ]; then s=running; else s=exited; fi
    echo '{"Name":"seq","Service":"seq","State":"'$s'","Health":""}' ;;
esac
`
    writeFileSync(join(bin, 'docker'), fake)
    chmodSync(join(bin, 'docker'), 0o755)
    rig.environment = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
    rig.again()
  })
  afterEach(() => rig.end())

  const stack = {
    id: 'stack',
    command: 'docker',
    args: ['compose', 'up', '-d'],
    restart: 'on-failure',
    detect: { by: 'docker', containers: ['seq'] },
    stop: { command: 'docker', args: ['compose', 'down'] },
  }

  it('is up though its command has ended, is no crash, and goes down by its own command', async () => {
    await rig.supervisor.begin([define(stack)])
    expect(rig.state('stack').state).toBe('stopped')
    await rig.supervisor.start('stack', FOREVER)
    await expect
      .poll(() => rig.state('stack'))
      .toMatchObject({ state: 'running', adopted: true, pid: null, restarts: 0 })
    expect(await rig.supervisor.stop('stack', FOREVER)).toMatchObject({ ok: true, view: { state: 'stopped' } })
  })

  it('is found when it runs already, and its end is seen', async () => {
    rig.script('up', '')
    await rig.supervisor.begin([define({ ...stack, restart: 'never' })])
    expect(rig.state('stack').state).toBe('running')
    const { rmSync } = await import('node:fs')
    rmSync(join(rig.folder, 'up'))
    await expect.poll(() => rig.state('stack').state).toBe('stopped')
  })

  it('that cannot come up fails with its own words', async () => {
    rig.script('refuse', '')
    await rig.supervisor.begin([define({ ...stack, restart: 'never' })])
    await rig.supervisor.start('stack', FOREVER)
    await expect.poll(() => rig.state('stack').state).toBe('failed')
    await rig.says('stack', 'no such image')
  })
})
