/** Frames to put alerts over: as hard on them as games are. Drawn, so that nothing has to be shipped. */

export type FrameName = 'bright' | 'dark' | 'busy' | 'none'

export function drawFrame(canvas: HTMLCanvasElement, name: FrameName): void {
  const context = canvas.getContext('2d')
  if (!context || name === 'none') return
  const { width, height } = canvas
  const gradient = context.createLinearGradient(0, 0, width, height)
  const [from, to] = name === 'dark' ? ['#05070c', '#141b2b'] : ['#fdfbf3', '#cfe8ff']
  gradient.addColorStop(0, from)
  gradient.addColorStop(1, to)
  context.fillStyle = gradient
  context.fillRect(0, 0, width, height)
  if (name === 'busy') drawForest(context, width, height)
}

/** Thousands of leaves, stones and lights in every colour: what a game looks like to an encoder. */
function drawForest(context: CanvasRenderingContext2D, width: number, height: number): void {
  let seed = 7
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  for (let n = 0; n < 9000; n++) {
    const y = random() * height
    const hue = y < height * 0.5 ? 90 + random() * 60 : 20 + random() * 40
    context.fillStyle = `hsl(${hue} ${40 + random() * 50}% ${15 + random() * 65}%)`
    context.beginPath()
    context.ellipse(random() * width, y, 4 + random() * 30, 3 + random() * 14, random() * 3, 0, Math.PI * 2)
    context.fill()
  }
}
