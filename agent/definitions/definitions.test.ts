/** Definition files as people write them: right, wrong, and in the spelling of the original. */
import { describe, expect, it } from 'vitest'
import { neededPorts } from './definition.ts'
import { parseDefinitions } from './definitions.ts'

const read = (entries: unknown, platform: NodeJS.Platform = 'linux') =>
  parseDefinitions(JSON.stringify(entries), platform)
const minimal = (id: string, more: object = {}) => ({ id, name: id, command: id, ...more })

describe('parseDefinitions', () => {
  it('fills in what is left out', () => {
    const { definitions, faults } = read([minimal('a')])
    expect(faults).toEqual([])
    expect(definitions[0]).toEqual({
      id: 'a',
      name: 'a',
      command: 'a',
      args: [],
      env: {},
      autostart: false,
      oneShot: false,
      restart: {
        policy: 'never',
        maxRestarts: 3,
        windowMs: 60_000,
        initialDelayMs: 500,
        maxDelayMs: 30_000,
        stableMs: 10_000,
      },
      stop: { args: [], signals: ['SIGTERM'], graceMs: 5_000 },
      dependsOn: [],
      ports: [],
      logs: { lines: 500, maxBytes: 5_242_880, files: 3 },
    })
  })

  it('skips what is invalid, by path, and nothing else', () => {
    const { definitions, faults } = read({
      processes: [
        minimal('a'),
        { id: 'b', name: 'b', comand: 'b' },
        minimal('c', { health: { type: 'http', url: 'ftp://x', intervalMs: 5 } }),
        minimal('../d'),
        'e',
        minimal('f', { restart: 'on-failure' }),
        minimal('g', { cwd: 'relative' }),
        minimal('h', { env: { 'A B': 'x' } }),
        minimal('i', { oneShot: true, restart: 'always' }),
        minimal('j', { stop: { signals: ['SIGFUN'] } }),
      ],
    })
    expect(definitions.map(({ id }) => id)).toEqual(['a', 'f'])
    expect(faults.map(({ path }) => path)).toEqual([
      'processes[1].comand',
      'processes[1].command',
      'processes[2].health.url',
      'processes[2].health.intervalMs',
      'processes[3].id',
      'processes[4]',
      'processes[6].cwd',
      'processes[7].env.A B',
      'processes[8].restart',
      'processes[9].stop.signals[0]',
    ])
  })

  it('says what a misspelt key may have been', () => {
    const { faults } = read([minimal('a', { auto_start: true, oneshot: true })])
    expect(faults.map(({ reason }) => reason)).toEqual([
      'is not a known key; did you mean "autostart"?',
      'is not a known key; did you mean "oneShot"?',
    ])
  })

  it.each([
    ['{ "processes": [', ''],
    ['{}', 'processes'],
    ['7', 'processes'],
  ])('%s is a fault, not a crash', (text, path) => {
    const { definitions, faults } = parseDefinitions(text, 'linux')
    expect(definitions).toEqual([])
    expect(faults[0]?.path).toBe(path)
  })

  it('takes a file that an editor on Windows saved', () => {
    expect(parseDefinitions(`\uFEFF${JSON.stringify([minimal('a')])}`, 'win32').definitions).toHaveLength(1)
  })

  it('leaves out what is for another system', () => {
    const { definitions, faults } = read([minimal('a', { platform: 'win32' }), minimal('b', { platform: 'linux' })])
    expect(definitions.map(({ id }) => id)).toEqual(['b'])
    expect(faults).toEqual([])
  })

  it('orders by dependency, the file’s order otherwise', () => {
    const { definitions } = read([minimal('web', { dependsOn: ['db', 'cache'] }), minimal('cache'), minimal('db')])
    expect(definitions.map(({ id }) => id)).toEqual(['cache', 'db', 'web'])
  })

  it('leaves out circles, what hangs on them, what misses something, and the second of two', () => {
    const { definitions, faults } = read([
      minimal('a', { dependsOn: ['b'] }),
      minimal('b', { dependsOn: ['a'] }),
      minimal('c', { dependsOn: ['b'] }),
      minimal('d', { dependsOn: ['gone'] }),
      minimal('self', { dependsOn: ['self'] }),
      minimal('e'),
      minimal('e', { command: 'other' }),
    ])
    expect(definitions.map(({ id, command }) => [id, command])).toEqual([['e', 'e']])
    expect(faults.map(({ path }) => path).sort()).toEqual([
      'processes(a).dependsOn',
      'processes(b).dependsOn',
      'processes(c).dependsOn',
      'processes(d).dependsOn',
      'processes(e).id',
      'processes(self).dependsOn',
    ])
  })

  it('takes a file of the original as it is', () => {
    const { definitions, faults } = read([
      {
        id: 'seed',
        name: 'Seed',
        command: 'bun',
        args: ['run', 'start'],
        cwd: '/srv/seed',
        env: { PORT: '8891', HEALTH_PORT: '8892' },
        auto_restart: true,
        max_restarts: 5,
        restart_window: 60,
        platform: null,
        process_detection: { name: 'bun', check_command: 'pgrep', check_args: ['bun'] },
        health_check: {
          type: 'http',
          url: 'http://localhost:8891/health',
          interval: 30,
          timeout: 5,
          startup_delay: 2000,
        },
        stop_command: 'bun',
        stop_args: ['run', 'stop'],
      },
      {
        id: 'stack',
        name: 'Stack',
        command: 'docker',
        process_detection: { name: 'x', type: 'docker', containers: ['seq'] },
      },
    ])
    expect(faults).toEqual([])
    expect(definitions[0]).toMatchObject({
      restart: { policy: 'on-failure', maxRestarts: 5, windowMs: 60_000 },
      detect: { by: 'executable', name: 'bun', args: [] },
      health: { type: 'http', intervalMs: 30_000, timeoutMs: 5_000, startDelayMs: 2_000, startRetries: 10 },
      stop: { command: 'bun', args: ['run', 'stop'] },
    })
    expect(definitions[1]?.detect).toEqual({ by: 'docker', containers: ['seq'] })
  })

  it('knows the ports that must be free', () => {
    expect(neededPorts({ ports: [80], env: { PORT: '80', API_PORT: '81', HTTP_PORT: 'x', OTHER: '9' } })).toEqual([
      80, 81,
    ])
  })
})
