/** The streamer's layers of `main` and those of the demo, as they lie over each other. Pure. */
import { type Layer, MAIN_OUTPUT, type Output } from '../../contracts/output.ts'
import type { RehearsedLayer } from '../../contracts/state/rehearsal.ts'
import { CANVAS_SIZE } from '../layer/canvas-size.ts'

/** Bottom first. The streamer's are as they were, in their order. */
export function withRehearsed({ id, width, height, layers }: Output, rehearsed: readonly RehearsedLayer[]): Layer[] {
  if (id !== MAIN_OUTPUT) return layers
  const all = [...layers]
  for (const { layer, under } of rehearsed) {
    const above = all.findIndex(({ source }) => source.kind === 'page' && under.includes(source.page))
    const { rect } = layer
    const across = width / CANVAS_SIZE.width
    const down = height / CANVAS_SIZE.height
    const placed = {
      x: Math.round(rect.x * across),
      y: Math.round(rect.y * down),
      width: Math.round(rect.width * across),
      height: Math.round(rect.height * down),
    }
    all.splice(above === -1 ? all.length : above, 0, { ...layer, rect: placed })
  }
  return all
}
