/** Sends a sound to the hub: the one thing that is too large for the socket. Answers as a command does. */
import type { CommandAnswer, Rejection } from '../../contracts/command.ts'
import { SOUND_UPLOAD_TYPE, type SoundImport } from '../../contracts/sound.ts'
import { SOUNDS_PATH } from '../../contracts/sound-player.ts'

/** Twenty seconds of sound, on a slow disk beside a game. */
const DEADLINE_MS = 90_000

/** Never rejects. */
export async function uploadSound(
  origin: string,
  token: string,
  name: string,
  wav: Blob,
): Promise<CommandAnswer<SoundImport>> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': SOUND_UPLOAD_TYPE }
  const signal = AbortSignal.timeout(DEADLINE_MS)
  try {
    const address = `${origin}${SOUNDS_PATH}?${new URLSearchParams({ name })}`
    const response = await fetch(address, { method: 'POST', headers, body: wav, signal })
    const body: unknown = await response.json()
    if (response.ok) return { status: 'committed', result: body as SoundImport }
    return rejected((body as { error?: { message?: string } }).error?.message ?? `the hub answered ${response.status}`)
  } catch {
    return rejected('the hub did not answer; try again when the link is back')
  }
}

function rejected(message: string): { status: 'rejected'; error: Rejection } {
  return { status: 'rejected', error: { code: 'unavailable', message } }
}
