import { cleanup, fireEvent, render, screen, waitFor, within } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FleetState } from '../../../contracts/state/fleet.ts'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub } from '../../testing/fake-hub.ts'
import {
  HOSTILE_NAMES,
  hostileFleet,
  manyMachines,
  sampleDefinitions,
  sampleFleet,
  sampleLines,
  sampleUse,
} from '../../testing/sample-fleet.ts'
import { sampleObs } from '../../testing/sample-state.ts'
import { Machines } from './machines.tsx'

const NOW = Date.now()

beforeEach(() => {
  location.hash = ''
  // jsdom draws no top layer: opening is all that matters here.
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true
  }
})
afterEach(cleanup)

function setUp(at: { machine?: string; process?: string } = {}, state: FleetState = sampleFleet(NOW)) {
  const hub = createFakeHub()
  hub.has('state:fleet', state)
  hub.answers('agent.definitions.read', () => ({
    status: 'committed',
    result: { definitions: [], faults: [], edits: 'safe' },
  }))
  const [place, setPlace] = createSignal(at)
  render(() => (
    <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
      <Machines machine={place().machine ?? null} process={place().process ?? null} />
    </DashboardProvider>
  ))
  return { hub, go: setPlace }
}

const button = (name: string | RegExp) => screen.getByRole('button', { name })
const press = (name: string | RegExp) => fireEvent.click(button(name))
const row = (name: string) => screen.getByText(name, { selector: '.process-name *' }).closest('li') as HTMLElement
/** Open since it was asked; the words of its buttons are its own. */
const answer = (words: string) => {
  const dialog = document.querySelector('dialog') as HTMLElement
  fireEvent.click(
    [...dialog.querySelectorAll('button')].find((each) => each.textContent?.trim() === words) as HTMLElement,
  )
}

describe('the machines', () => {
  it('say how each stands and why, in words', () => {
    setUp()
    const alys = screen.getByRole('article', { name: 'Alys' })
    expect(alys.textContent).toContain('Away for 3 min')
    expect(alys.textContent).toContain('nothing was heard for 38 s')
    expect(row('Streamer.bot').textContent).toContain('Was running')
    expect(row('TITS').textContent).toMatch(/Failed.*code 3.*3 restarts.*four times within 60 s/)
    expect(row('Containers').textContent).toContain('Running, unhealthy')
    expect(row('Phononmaser').textContent).toMatch(/Restarts in \d+ s/)
    expect(screen.getByText('2 faults in its definitions').getAttribute('href')).toBe('#machines/m-saya')
  })

  it('show what they use, from the last ten minutes and then live', async () => {
    const { hub } = setUp()
    const demi = sampleFleet(NOW).machines[1]
    if (!demi) throw new Error('the sample has lost Demi')
    const card = screen.getByRole('article', { name: 'Demi' })
    expect(card.textContent).toContain('No figures yet')
    const sample = sampleUse(demi, Date.now())
    hub.signals('samples:fleet', 'samples', {
      machines: {
        'm-demi': {
          ...sample,
          machine: { ...sample.machine, cpu: 41.7, temperature: null },
          processes: { obs: { cpu: 12.4, memory: 812 * 1024 ** 2 } },
        },
      },
    })
    await waitFor(() => expect(card.textContent).toContain('42 %'))
    expect(card.textContent).not.toContain('Temperature')
    expect(row('OBS Studio').textContent).toContain('12 % CPU · 812 MB')
  })

  it('restart a process after one question, and say on air what it may cost', async () => {
    const { hub } = setUp()
    hub.has('state:obs', sampleObs(NOW))
    press('Restart OBS Studio on Demi')
    expect(hub.asked).toEqual([])
    expect(screen.getByText(/You are on air/)).toBeTruthy()
    answer('Cancel')
    press('Restart OBS Studio on Demi')
    let settle: () => void = () => undefined
    hub.answers(
      'agent.process.restart',
      () =>
        new Promise((resolve) => {
          settle = () => resolve({ status: 'committed', result: {} })
        }),
    )
    answer('Restart OBS Studio on Demi')
    expect(hub.asked).toEqual([{ name: 'agent.process.restart', args: { machine: 'Demi', process: 'obs' } }])
    expect(button('Restart OBS Studio on Demi').getAttribute('aria-busy')).toBe('true')
    expect((button('Stop OBS Studio on Demi') as HTMLButtonElement).disabled).toBe(true)
    settle()
    await waitFor(() => expect(button('Restart OBS Studio on Demi').getAttribute('aria-busy')).toBeNull())
  })

  it('start one at once, and say in place why a machine refused', async () => {
    const { hub } = setUp()
    hub.rejects('agent.process.start', { code: 'vendor_error', message: 'the folder C:\\TITS is not there' })
    press('Start TITS on Demi')
    await waitFor(() =>
      expect(within(row('TITS')).getByRole('alert').textContent).toContain('The folder C:\\TITS is not there'),
    )
    press('Dismiss, about TITS')
    expect(within(row('TITS')).queryByRole('alert')).toBeNull()
    hub.rejects('agent.process.start', { code: 'timeout', message: 'no answer' })
    press('Start TITS on Demi')
    await waitFor(() => expect(row('TITS').textContent).toContain('has not answered yet'))
  })

  it('can be asked nothing while they are away', () => {
    setUp()
    expect((button('Restart Streamer.bot on Alys') as HTMLButtonElement).disabled).toBe(true)
  })

  it('are folded where there are many, but for what is in trouble', () => {
    setUp({}, manyMachines(NOW, 30))
    expect(screen.queryByText('Worker 1')).toBeNull()
    expect(screen.getAllByText('Worker 2')).toHaveLength(4)
    press('Processes of Rack 0001, 5 of 5 running')
    expect(screen.getAllByText('Worker 1')).toHaveLength(1)
    fireEvent.click(screen.getByLabelText('In trouble 7'))
    expect(screen.getAllByRole('article')).toHaveLength(7)
    fireEvent.input(screen.getByLabelText('Search machines and processes'), { target: { value: 'nobody' } })
    expect(screen.getByText('Nothing found')).toBeTruthy()
  })

  it('may be called anything: names are text', () => {
    setUp({}, hostileFleet(NOW))
    expect(screen.getAllByRole('article')).toHaveLength(HOSTILE_NAMES.length)
    expect(document.querySelector('img, main b')).toBeNull()
    cleanup()
    setUp({ machine: 'h4', process: 'a' }, hostileFleet(NOW))
    expect(document.querySelector('img')).toBeNull()
  })

  it('say what the page is for while there are none', () => {
    setUp({}, { machines: [], pairing: null, rules: [] })
    expect(screen.getByText('No other machine yet')).toBeTruthy()
    expect(screen.getByRole('link', { name: 'Add a machine' }).getAttribute('href')).toBe('#machines/pair')
  })
})

describe('pairing', () => {
  it('shows the code and what to type, and closes when the machine is there', async () => {
    const { hub } = setUp({ machine: 'pair' })
    const expiresAt = Date.now() + 600_000
    hub.answers('agent.pairing.open', () => ({
      status: 'committed',
      result: { code: '7KQ2M9XT', expiresAt, hubUrls: ['ws://hub.example:7175'] },
    }))
    press('Show a code')
    await waitFor(() => expect(screen.getByText('7KQ2-M9XT')).toBeTruthy())
    expect(screen.getByText('landale-agent pair ws://hub.example:7175 7KQ2-M9XT')).toBeTruthy()
    hub.has('state:fleet', { ...sampleFleet(NOW), pairing: { expiresAt } })
    expect(screen.getByText('7KQ2-M9XT')).toBeTruthy()
    hub.has('state:fleet', sampleFleet(NOW))
    const [first] = sampleFleet(NOW).machines
    if (!first) throw new Error('the sample has no machine')
    hub.has('state:fleet', {
      ...sampleFleet(NOW),
      machines: [...sampleFleet(NOW).machines, { ...first, id: 'new one', name: 'Zz' }],
    })
    await waitFor(() => expect(location.hash).toBe('#machines/new%20one'))
    expect(screen.queryByText('7KQ2-M9XT')).toBeNull()
  })

  it('says that a code is void, and that a hub on loopback is reached by nobody', async () => {
    const { hub } = setUp({ machine: 'pair' })
    const expiresAt = Date.now() + 600_000
    const result = { code: '7KQ2M9XT', expiresAt, hubUrls: ['http://127.0.0.1:7175'] }
    hub.answers('agent.pairing.open', () => ({ status: 'committed', result }))
    press('Show a code')
    await waitFor(() => expect(screen.getByText(/The hub listens on its own machine only/)).toBeTruthy())
    hub.has('state:fleet', { ...sampleFleet(NOW), pairing: { expiresAt } })
    hub.has('state:fleet', sampleFleet(NOW))
    expect(screen.getByText(/The code was taken, or is void/)).toBeTruthy()
    press('Show a new code')
    await waitFor(() => expect(screen.getByText('7KQ2-M9XT')).toBeTruthy())
    hub.has('state:fleet', { ...sampleFleet(NOW), pairing: { expiresAt: expiresAt + 5000 } })
    expect(screen.getByText(/Another code was shown since/)).toBeTruthy()
  })

  it('is refused in words, and a code is taken back', async () => {
    const { hub } = setUp({ machine: 'pair' }, { ...sampleFleet(NOW), pairing: { expiresAt: NOW + 60_000 } })
    hub.rejects('agent.pairing.open', { code: 'forbidden', message: 'this token may not pair machines' })
    press('Show a new code')
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('This token may not pair machines'))
    press('Void the other code')
    expect(hub.asked.at(-1)).toEqual({ name: 'agent.pairing.close', args: {} })
  })
})

describe('a log', () => {
  const told = (hub: ReturnType<typeof setUp>['hub'], from: number, count: number) =>
    hub.signals('agent-logs:m-demi:obs', 'lines', { lines: sampleLines(from, count, NOW), dropped: 0 })
  const shown = () => document.querySelectorAll('.log-line').length

  it('is followed live, is text and nothing else, and can be searched', async () => {
    const { hub } = setUp({ machine: 'm-demi', process: 'obs' })
    expect(screen.getByText('Reading the log…')).toBeTruthy()
    told(hub, 101, 20)
    told(hub, 111, 20)
    expect(shown()).toBe(30)
    expect(document.querySelector('.log-lines script')).toBeNull()
    expect(screen.getAllByText('INFO ws client connected from 100.64.0.3').length).toBeGreaterThan(0)
    expect(document.querySelector('.log-lines')?.textContent).not.toContain('\u001b')
    fireEvent.input(screen.getByLabelText('Search in the lines shown'), { target: { value: 'CLIENT' } })
    expect(shown()).toBeLessThan(10)
    expect(document.querySelector('mark')?.textContent).toBe('client')
    hub.signals('agent-logs:m-demi:obs', 'gone', { reason: 'Demi is away' })
    expect(screen.getByText('No more for now: Demi is away')).toBeTruthy()
  })

  it('goes further back when asked', async () => {
    const { hub } = setUp({ machine: 'm-demi', process: 'obs' })
    told(hub, 101, 20)
    hub.answers('agent.logs', () => ({
      status: 'committed',
      result: { lines: sampleLines(61, 40, NOW), first: 61, last: 120 },
    }))
    press('Older lines')
    expect(hub.asked).toEqual([
      { name: 'agent.logs', args: { machine: 'Demi', process: 'obs', lines: 200, before: 101 } },
    ])
    await waitFor(() => expect(shown()).toBe(60))
    expect(screen.queryByRole('button', { name: 'Older lines' })).toBeNull()
  })

  it('belongs to one process: another has its own', () => {
    const { hub, go } = setUp({ machine: 'm-demi', process: 'obs' })
    told(hub, 101, 20)
    go({ machine: 'm-demi', process: 'vtube-studio' })
    expect(shown()).toBe(0)
    expect(screen.getByRole('region', { name: 'VTube Studio on Demi' })).toBeTruthy()
  })
})

describe('a machine', () => {
  it('is renamed and unpaired', async () => {
    const { hub } = setUp({ machine: 'm-zelan' })
    fireEvent.input(screen.getByLabelText('Name of the machine'), { target: { value: ' Model box ' } })
    press('Rename')
    press('Unpair Zelan')
    answer('Unpair Zelan')
    await waitFor(() => expect(location.hash).toBe('#machines'))
    expect(hub.asked.filter(({ name }) => name.startsWith('agent.machine'))).toEqual([
      { name: 'agent.machine.rename', args: { machine: 'Zelan', name: 'Model box' } },
      { name: 'agent.machine.revoke', args: { machine: 'Zelan' } },
    ])
  })

  it('says what is wrong in its file, and where', () => {
    setUp({ machine: 'm-saya' })
    expect(screen.getByText('processes[2].health.url').closest('li')?.textContent).toContain('must be an http://')
  })

  it('that is not there says so', () => {
    setUp({ machine: 'gone' })
    expect(screen.getByText('There is no such machine')).toBeTruthy()
    cleanup()
    setUp({ machine: 'm-demi', process: 'gone' })
    expect(screen.getByText('It has no process “gone” (any more).')).toBeTruthy()
  })

  function reads(edits: 'off' | 'safe' | 'full') {
    const { hub } = setUp()
    hub.answers('agent.definitions.read', () => ({
      status: 'committed',
      result: { definitions: sampleDefinitions(), faults: [], edits },
    }))
    cleanup()
    render(() => (
      <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
        <Machines machine="m-demi" process={null} />
      </DashboardProvider>
    ))
    return hub
  }

  it('that allows no edits offers none, and says where to allow them', async () => {
    reads('off')
    await waitFor(() => expect(screen.getByText(/allows no changes from here.*agent\.json/)).toBeTruthy())
    expect(screen.queryByRole('button', { name: 'Edit OBS Studio' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Add a process' })).toBeNull()
  })

  it('that allows safe ones lets how be changed, never what', async () => {
    const hub = reads('safe')
    await waitFor(() => press('Edit OBS Studio'))
    expect((screen.getByLabelText('Program') as HTMLInputElement).disabled).toBe(true)
    expect((screen.getByLabelText('How its health is checked') as HTMLSelectElement).disabled).toBe(true)
    fireEvent.change(screen.getByLabelText('Restarts at most'), { target: { value: '5' } })
    fireEvent.change(screen.getByLabelText('Time to end by itself, seconds'), { target: { value: '2.5' } })
    press('Save')
    const [obs] = sampleDefinitions()
    await waitFor(() =>
      expect(hub.asked).toContainEqual({
        name: 'agent.definitions.put',
        args: {
          machine: 'Demi',
          definition: {
            ...obs,
            restart: { ...(obs?.restart as object), maxRestarts: 5 },
            stop: { ...(obs?.stop as object), graceMs: 2500 },
          },
        },
      }),
    )
  })

  it('says at the field what its agent finds wrong', async () => {
    const hub = reads('full')
    hub.rejects('agent.definitions.put', {
      code: 'invalid_args',
      message: '"Demi": definition.health.port: must be 1 to 65535',
      path: 'definition.health.port',
    })
    await waitFor(() => press('Edit OBS Studio'))
    press('Save')
    await waitFor(() => expect(screen.getByLabelText('Port').getAttribute('aria-invalid')).toBe('true'))
    expect(screen.getByText('Must be 1 to 65535').id).toBe(
      screen.getByLabelText('Port').getAttribute('aria-describedby'),
    )
    hub.rejects('agent.definitions.put', { code: 'unavailable', message: 'Demi is away', path: 'machine' })
    press('Save')
    await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('Demi is away'))
  })

  it('is given a new process, whose id must be free', async () => {
    const hub = reads('full')
    await waitFor(() => press('Add a process'))
    fireEvent.input(screen.getByLabelText('Id'), { target: { value: 'obs' } })
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'Bot' } })
    fireEvent.change(screen.getByLabelText('Program'), { target: { value: '/opt/bot' } })
    fireEvent.change(screen.getByLabelText('Arguments'), { target: { value: '--port\n80' } })
    press('Add to Demi')
    await waitFor(() => expect(screen.getByText('There is one of this id already.')).toBeTruthy())
    fireEvent.input(screen.getByLabelText('Id'), { target: { value: 'bot' } })
    press('Add to Demi')
    await waitFor(() =>
      expect(hub.asked.find(({ name }) => name === 'agent.definitions.put')?.args).toEqual({
        machine: 'Demi',
        definition: {
          id: 'bot',
          name: 'Bot',
          command: '/opt/bot',
          args: ['--port', '80'],
          autostart: false,
          restart: { policy: 'never' },
        },
      }),
    )
  })
})

describe('the rules', () => {
  it('read as sentences, and are switched off and removed', () => {
    const { hub } = setUp()
    const words =
      'When OBS Studio on Demi ends by itself during a stream, restart it and cover the picture with “Please stand by” until it is back, 3 min at most.'
    fireEvent.click(screen.getByLabelText(words))
    press(`Remove: ${words}`)
    expect(hub.asked).toEqual([
      { name: 'agent.rule.set', args: { rule: { ...sampleFleet(NOW).rules[0], enabled: false } } },
      { name: 'agent.rule.remove', args: { id: 'obs-dies' } },
    ])
  })

  it('say so where their machine is not there, and keep it when they are changed', () => {
    const [rule] = sampleFleet(NOW).rules
    if (!rule) throw new Error('the sample has no rule')
    const known = { ...rule, id: 'a', machine: 'demi', process: 'OBS studio' }
    const { hub } = setUp(
      {},
      { ...sampleFleet(NOW), rules: [known, { ...rule, id: 'b', machine: 'nobody', process: 'x' }] },
    )
    expect(screen.getByLabelText(/^When OBS Studio on Demi ends/)).toBeTruthy()
    expect(screen.getAllByText(/No machine of this name is paired/)).toHaveLength(1)
    press(/^Change: When x on nobody/)
    expect((screen.getByLabelText('Machine') as HTMLSelectElement).value).toBe('nobody')
    expect((screen.getByLabelText('Process') as HTMLSelectElement).value).toBe('x')
    press('Save the rule')
    expect(hub.asked.at(-1)?.args).toMatchObject({ rule: { id: 'b', machine: 'nobody', process: 'x' } })
  })

  it('are made from a sentence', async () => {
    const { hub } = setUp()
    press('Add a rule')
    const choose = (label: string, value: string) =>
      fireEvent.change(screen.getByLabelText(label), { target: { value } })
    choose('Machine', 'Zelan')
    choose('Process', 'lms')
    choose('What happens', 'unhealthy')
    fireEvent.click(screen.getByLabelText('during a stream'))
    fireEvent.click(screen.getByLabelText('cover the picture until it is back'))
    press('Save the rule')
    expect(hub.asked).toEqual([
      {
        name: 'agent.rule.set',
        args: {
          rule: {
            id: expect.stringMatching(/^rule-[a-z0-9]+$/),
            enabled: true,
            machine: 'Zelan',
            process: 'lms',
            trigger: 'unhealthy',
            onlyLive: false,
            restart: true,
            cover: null,
          },
        },
      },
    ])
    await waitFor(() => expect(screen.queryByRole('form', { name: 'Rule' })).toBeNull())
  })
})
