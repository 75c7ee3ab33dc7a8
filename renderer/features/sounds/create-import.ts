/** Imports files one after the other, and says of each how far it is. Survives whatever a file turns out to be. */
import { type Accessor, createSignal, onCleanup } from 'solid-js'
import { MAX_SOUND_MS } from '../../../contracts/sound.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { decodeSound, SoundFileError, soundNameOf } from './decode-sound.ts'
import { soundFacts } from './sound-words.ts'

export interface FileImport {
  readonly file: string
  readonly step: 'waiting' | 'reading' | 'measuring' | 'done' | 'failed'
  /** What came of it. */
  readonly said: string
}

/** More at once is a slip of the mouse. */
const MAX_FILES = 20

export function createImport(): { files: Accessor<readonly FileImport[]>; add: (chosen: readonly File[]) => void } {
  const { hub } = useDashboard()
  const [files, setFiles] = createSignal<readonly FileImport[]>([])
  let line = Promise.resolve()
  let isGone = false
  onCleanup(() => {
    isGone = true
  })

  async function bring(file: File, tell: (step: FileImport['step'], said?: string) => void): Promise<void> {
    tell('reading')
    const { wav, cut } = await decodeSound(file)
    tell('measuring')
    const answer = await hub.importSound(soundNameOf(file.name), wav)
    if (answer.status === 'rejected') throw new SoundFileError(sentence(answer.error.message))
    const { sound, existed } = answer.result
    if (existed) tell('done', `It is there already, as “${sound.name}”.`)
    else tell('done', `${soundFacts(sound)}${cut ? `. Cut to ${MAX_SOUND_MS / 1000} s` : ''}`)
  }

  function add(chosen: readonly File[]): void {
    const taken = chosen.slice(0, MAX_FILES)
    setFiles(taken.map(({ name }) => ({ file: name, step: 'waiting', said: '' })))
    const mine = files()
    for (const [index, file] of taken.entries()) {
      const tell = (step: FileImport['step'], said = '') => {
        // Files chosen since are shown instead.
        if (isGone || files().length !== mine.length || files()[index]?.file !== file.name) return
        setFiles(files().with(index, { file: file.name, step, said }))
      }
      line = line.then(async () => {
        if (isGone) return
        await bring(file, tell).catch((error) => {
          tell('failed', error instanceof SoundFileError ? error.message : 'It could not be imported.')
        })
      })
    }
  }

  return { files, add }
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
}
