/** A screenshot of a scene as it is in OBS, offered to be kept as a file. */
import type { Commander } from '../../state/create-command.ts'

/** Nothing for no scene. What goes wrong is the command's to say. */
export async function saveScreenshot(command: Commander, scene: string | null): Promise<void> {
  if (scene === null) return
  const shot = await command.run('obs.screenshot', { source: scene, format: 'png' })
  if (!shot?.dataUrl.startsWith('data:image/')) return
  const link = document.createElement('a')
  link.href = shot.dataUrl
  link.download = `${fileName(shot.source)} ${timeName(new Date())}.png`
  link.click()
}

function fileName(source: string): string {
  return (
    source
      .replaceAll(/[^\p{L}\p{N} _-]+/gu, '')
      .trim()
      .slice(0, 80) || 'OBS'
  )
}

/** `2026-11-21 21-40-05`, as no file system minds. */
function timeName(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('-')}`
}
