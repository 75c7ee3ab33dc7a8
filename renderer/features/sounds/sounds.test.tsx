import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SOUND_SAMPLE_RATE } from '../../../contracts/sound-player.ts'
import { DashboardProvider } from '../../state/dashboard.tsx'
import { createFakeEventLog, createFakeHub } from '../../testing/fake-hub.ts'
import { HORN_ID, sampleSound, sampleSounds } from '../../testing/sample-sounds.ts'
import { sampleAlerts } from '../../testing/sample-state.ts'
import { AlertSettings } from '../alerts/alert-settings.tsx'
import { cutSound, soundNameOf } from './decode-sound.ts'

/** Decodes whatever begins with an `s`, to a tenth of a second. */
class FakeDecoder {
  async decodeAudioData(bytes: ArrayBuffer) {
    if (new TextDecoder().decode(bytes)[0] !== 's') throw new Error('not a sound')
    return decoded(new Float32Array(4800).fill(0.5))
  }
}

function decoded(...channels: Float32Array[]) {
  const at = (index: number) => channels[index] ?? new Float32Array()
  return { numberOfChannels: channels.length, length: at(0).length, getChannelData: at } as unknown as AudioBuffer
}

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true
  }
  vi.stubGlobal('OfflineAudioContext', FakeDecoder)
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

function open() {
  const hub = createFakeHub()
  hub.has('state:alerts', sampleAlerts(Date.now()))
  hub.has('state:sounds', sampleSounds())
  render(() => (
    <DashboardProvider hub={hub} eventLog={createFakeEventLog([])}>
      <AlertSettings />
    </DashboardProvider>
  ))
  fireEvent.click(screen.getByRole('radio', { name: 'Sounds' }))
  return hub
}

const file = (name: string, content = 'sound') => new File([content], name)
const lines = () => [...document.querySelectorAll('.sound-file')].map((line) => line.textContent)

describe('the sounds', () => {
  it('are listed with what they are and who uses them', () => {
    open()
    expect(screen.getByText('Air horn')).toBeTruthy()
    expect(screen.getByText('0.9 s · −16.0 LUFS, lowered by 7.5 dB')).toBeTruthy()
    expect(screen.getByText('Used by Raid alert, rule big-raid of Variety')).toBeTruthy()
  })

  it('come in by choosing files, one after the other, and each says what became of it', async () => {
    const hub = open()
    hub.answersImport((name) =>
      name === 'Bad'
        ? { status: 'rejected', error: { code: 'unavailable', message: 'there is nothing to hear in this sound' } }
        : {
            status: 'committed',
            result: { sound: sampleSound({ id: 'd'.repeat(32), name }), existed: false, cut: false },
          },
    )
    const files = [file('my_sound.mp3'), file('notes.txt', 'hello'), file('Bad.wav')]
    fireEvent.change(screen.getByLabelText('Sound files'), { target: { files } })
    await waitFor(() =>
      expect(lines()).toEqual([
        'my_sound.mp3 Imported: 1.4 s · −16.0 LUFS, raised by 4.2 dB',
        'notes.txt Not imported: This browser can’t read it. WAV, MP3, OGG, FLAC and M4A work.',
        'Bad.wav Not imported: There is nothing to hear in this sound.',
      ]),
    )
    expect(hub.imports).toEqual(['my sound', 'Bad'])
  })

  it('come in by dropping files', async () => {
    const hub = open()
    const drop = document.querySelector('.sound-drop') as HTMLElement
    fireEvent.drop(drop, { dataTransfer: { files: [file('dropped.ogg')] } })
    await waitFor(() => expect(hub.imports).toEqual(['dropped']))
  })

  it('can be heard, renamed and removed', async () => {
    const hub = open()
    fireEvent.click(screen.getByRole('button', { name: 'Play Air horn' }))
    fireEvent.click(screen.getByRole('button', { name: 'Rename Air horn' }))
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Rename Air horn'))
    fireEvent.click(screen.getByRole('button', { name: 'Rename Air horn' }))
    const name = screen.getByLabelText('Name of the sound')
    fireEvent.input(name, { target: { value: 'Loud horn' } })
    fireEvent.submit(name.closest('form') as HTMLFormElement)
    await waitFor(() => expect(screen.queryByLabelText('Name of the sound')).toBeNull())
    fireEvent.click(screen.getByRole('button', { name: 'Remove Air horn' }))
    expect(screen.getByText('Used by Raid alert, rule big-raid of Variety, silent from then on.')).toBeTruthy()
    fireEvent.click(screen.getAllByRole('button', { name: 'Remove Air horn', hidden: true }).at(-1) as HTMLElement)
    expect(hub.asked).toEqual([
      { name: 'sound.play', args: { sound: HORN_ID } },
      { name: 'sound.rename', args: { id: HORN_ID, name: 'Loud horn' } },
      { name: 'sound.remove', args: { id: HORN_ID, evenIfUsed: true } },
    ])
  })
})

describe('the sound of a rule', () => {
  it('is chosen among tones and one’s own, and one that is gone is said to be', () => {
    const hub = open()
    fireEvent.click(screen.getByRole('radio', { name: 'Alerts' }))
    const choice = screen.getByLabelText('Sound') as HTMLSelectElement
    expect([...choice.options].map(({ text }) => text)).toEqual([
      ...['None', 'Chime', 'Rise', 'Fanfare', 'Air horn', 'Level up (orchestra, the long version)', '拍手'],
    ])
    fireEvent.change(choice, { target: { value: HORN_ID } })
    fireEvent.click(screen.getByRole('button', { name: 'Play this sound' }))
    fireEvent.click(screen.getByRole('button', { name: 'Save follow' }))
    expect(hub.asked[0]).toEqual({ name: 'sound.play', args: { sound: HORN_ID, volume: 0.8 } })
    expect(hub.asked[1]?.args).toMatchObject({ rule: { sound: HORN_ID } })
    hub.has('state:sounds', { imported: [], uses: [] })
    expect(screen.getByText(/This sound was removed/)).toBeTruthy()
  })
})

describe('a decoded sound', () => {
  const part = (seconds: number, level: number) => new Float32Array(seconds * SOUND_SAMPLE_RATE).fill(level)
  const joined = (...parts: Float32Array[]) => new Float32Array(parts.flatMap((samples) => [...samples]))

  it('is sent from what is first heard to what is last', () => {
    const { wav, cut } = cutSound(decoded(joined(part(1, 0), part(0.5, 0.3), part(2, 0))))
    expect(cut).toBe(false)
    expect(wav.size).toBe(44 + (0.5 * SOUND_SAMPLE_RATE + 240) * 4)
    expect(wav.type).toBe('audio/wav')
  })

  it('is sent as far as the hub can tell that there was more', () => {
    const { wav, cut } = cutSound(decoded(part(20.1, 0.3), part(20.1, 0.3)))
    expect(cut).toBe(true)
    expect(wav.size).toBe(44 + (20 * SOUND_SAMPLE_RATE + 48) * 8)
  })

  it('of nothing but silence is not sent', () => {
    expect(() => cutSound(decoded(part(1, 0)))).toThrow('There is nothing to hear in it.')
  })

  it.each([
    ['airhorn.mp3', 'airhorn'],
    ['my_best  sound.final.WAV', 'my best sound.final'],
    ['.mp3', 'Sound'],
    ['🎺'.repeat(80), '🎺'.repeat(30)],
  ])('from %s is called %s', (from, name) => {
    expect(soundNameOf(from)).toBe(name)
  })
})
