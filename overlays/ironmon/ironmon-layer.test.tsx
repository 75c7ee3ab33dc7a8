import { cleanup, render } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ShowTheme } from '../../contracts/show.ts'
import type { IronmonState } from '../../contracts/state/ironmon.ts'
import { sampleProducer } from '../omnibar/sample-content.ts'
import { holdMotion, type StillMotion } from '../testing/still-motion.ts'
import { IronmonLayer, MOMENT_MS } from './ironmon-layer.tsx'
import { RUN_STARTED_AT, SAMPLE_BATTLE, sampleIronmon } from './sample-ironmon.ts'

let motion: StillMotion
beforeEach(() => {
  motion = holdMotion(RUN_STARTED_AT + 1_000_000)
})
afterEach(() => {
  cleanup()
  motion.release()
})

function show(first: IronmonState | undefined, theme: ShowTheme = 'ironmon') {
  const [state, setState] = createSignal(first)
  const [show, setShow] = createSignal(sampleProducer({}, { theme }).show)
  const animating: boolean[] = []
  const view = render(() => (
    <IronmonLayer show={show()} state={state()} hubNow={motion.now} onAnimating={(moving) => animating.push(moving)} />
  ))
  const find = (name: string) => view.container.querySelector<HTMLElement>(name)
  const wear = (next: ShowTheme) => setShow(sampleProducer({}, { theme: next }).show)
  return { ...view, setState, wear, animating, find, phase: (name: string) => find(`section.${name}`)?.dataset.state }
}

const LOST = { outcome: 'lost', endReason: 'defeat', endedAt: RUN_STARTED_AT + 1_000_000 } as const

describe('the IronMON page', () => {
  it('draws nothing in another show, before the hub was heard, or without a run', () => {
    const other = show(sampleIronmon(), 'variety')
    expect(other.container.querySelector('section')).toBeNull()
    other.wear('ironmon')
    expect(other.phase('rail')).toBe('entering')
    motion.pass(450)
    expect(other.phase('rail')).toBe('active')
    other.wear('coding')
    motion.pass(350)
    expect(other.container.querySelector('section')).toBeNull()
    expect(other.animating).toEqual([true, false, true, false])
    expect(show(undefined).container.querySelector('section')).toBeNull()
    expect(show({ ...sampleIronmon(), run: null }).container.querySelector('section')).toBeNull()
  })

  it('comes back at once when it is wanted while it leaves', () => {
    const page = show(sampleIronmon())
    motion.pass(450)
    page.wear('variety')
    motion.pass(150)
    expect(page.phase('rail')).toBe('exiting')
    page.wear('ironmon')
    motion.pass(450)
    expect(page.phase('rail')).toBe('active')
    expect(page.find('.rail')?.style.transform).toBe('')
  })

  it('counts to the next attempt, and keeps the team and battle of the state', () => {
    const page = show(sampleIronmon({ battle: SAMPLE_BATTLE }))
    expect(page.find('.seed-number')?.textContent).toBe('812')
    expect([...page.container.querySelectorAll('.note')].map(({ textContent }) => textContent)).toEqual([
      ...['Leftovers', 'Oran Berry', 'Fainted'],
    ])
    expect(page.find('.battle')?.textContent).toContain('Misty')
    page.setState(sampleIronmon({ team: Array(6).fill(null) }, { attempt: 912 }))
    motion.pass(500)
    const between = Number(page.find('.seed-number')?.textContent)
    expect(between).toBeGreaterThan(812)
    expect(between).toBeLessThan(912)
    motion.pass(2000)
    expect(page.find('.seed-number')?.textContent).toBe('912')
    expect(page.find('.lead')).toBeNull()
    expect(page.find('.battle')).toBeNull()
    expect(page.animating.at(-1)).toBe(false)
  })

  it('says for ten seconds that the run is lost, and no longer', () => {
    const page = show(sampleIronmon({ battle: SAMPLE_BATTLE }))
    motion.pass(500)
    page.setState(sampleIronmon({}, { ...LOST, endedAt: 0 }))
    motion.pass(500)
    expect(page.find('.moment')?.textContent).toContain('lost')
    expect(page.find('.battle')).toBeNull()
    motion.pass(MOMENT_MS - 1000)
    expect(page.phase('moment')).toBe('active')
    motion.pass(1000)
    expect(page.find('.moment')).toBeNull()
    expect(page.find('.seed-outcome')?.textContent).toBe('Lost')
    page.setState(sampleIronmon({ location: null }, { ...LOST, endedAt: 0 }))
    motion.pass(500)
    expect(page.find('.moment')).toBeNull()
  })

  it('a page that is loaded goes by the hub’s time, and a new attempt ends the moment', () => {
    expect(show(sampleIronmon({}, { ...LOST, endedAt: motion.now() - MOMENT_MS })).find('.moment')).toBeNull()
    const page = show(sampleIronmon({}, { ...LOST, endedAt: motion.now() - MOMENT_MS / 2 }))
    expect(page.find('.moment')).not.toBeNull()
    page.setState(sampleIronmon({}, { attempt: 813 }))
    motion.pass(350)
    expect(page.find('.moment')).toBeNull()
  })

  it('leaves no timer and no motion behind', () => {
    const page = show(sampleIronmon({ battle: SAMPLE_BATTLE }))
    motion.pass(100)
    page.setState(sampleIronmon({}, { ...LOST, attempt: 813 }))
    motion.pass(100)
    page.unmount()
    expect(vi.getTimerCount()).toBe(0)
    motion.pass(100)
    expect(motion.motions()).toBe(0)
  })

  it('changes no element while nothing changes', async () => {
    const page = show(sampleIronmon({ battle: SAMPLE_BATTLE }))
    motion.pass(500)
    const seen: MutationRecord[] = []
    const observer = new MutationObserver((records) => seen.push(...records))
    observer.observe(page.container, { subtree: true, childList: true, attributes: true, characterData: true })
    page.setState(sampleIronmon({ battle: { ...SAMPLE_BATTLE } }))
    motion.pass(5000)
    expect([...seen, ...observer.takeRecords()].map(({ type, target }) => `${type} ${target.nodeName}`)).toEqual([])
    observer.disconnect()
  })
})
