/** Draws a scene as a game would show it behind the page, for pictures of overlays. Runs inside the page. */
export function drawGameScene(): void {
  const canvas = document.createElement('canvas')
  canvas.width = 1920
  canvas.height = 1080
  canvas.style.cssText = 'position:fixed;inset:0;z-index:-1'
  document.body.append(canvas)
  const context = canvas.getContext('2d')
  if (!context) return
  let seed = 11
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const fill = (color: string, x: number, y: number, width: number, height: number) => {
    context.fillStyle = color
    context.fillRect(x, y, width, height)
  }
  /** Hills of blocks: `base` is their middle, `rise` how far they go up and down. */
  const hills = (color: string, base: number, rise: number, length: number) => {
    for (let x = 0; x < 1920; x += 24) {
      const top = base + Math.sin(x / length) * rise + Math.sin(x / (length / 2.7)) * rise * 0.4
      fill(color, x, Math.round(top / 24) * 24, 24, 1080)
    }
  }
  const tree = (x: number, y: number, size: number) => {
    fill('#5b3a24', x + size, y - size * 2, size / 1.5, size * 2)
    for (const [index, color] of ['#1f6b3a', '#2b8a4b', '#3aa85c'].entries()) {
      fill(color, x + index * (size / 3), y - size * (2.6 + index), size * (2.7 - index * 0.7), size * 1.2)
    }
  }
  const sky = context.createLinearGradient(0, 0, 0, 800)
  sky.addColorStop(0, '#3a7bd5')
  sky.addColorStop(1, '#ffe6b0')
  context.fillStyle = sky
  context.fillRect(0, 0, 1920, 1080)
  for (let n = 0; n < 14; n++)
    fill('rgb(255 255 255 / 70%)', random() * 1900, 60 + random() * 260, 96 + random() * 190, 36)
  hills('#7fa8c9', 560, 120, 260)
  hills('#5d9b6b', 680, 84, 190)
  for (let n = 0; n < 12; n++) tree(n * 160 + random() * 90, 740 + random() * 48, 30 + random() * 18)
  hills('#3f7d3e', 828, 36, 330)
  fill('#7a5230', 0, 924, 1920, 156)
  for (let x = 0; x < 1920; x += 48)
    fill(random() > 0.5 ? '#6b4526' : '#8a5f38', x, 936 + Math.floor(random() * 5) * 24, 48, 24)
  fill('#4fae4b', 0, 912, 1920, 24)
  for (let n = 0; n < 5; n++) fill('#ffcf3f', 1080 + n * 84, 696, 36, 48)
  fill('#d63c3c', 840, 816, 48, 36)
  fill('#f2c9a0', 840, 852, 48, 24)
  fill('#2b4fa8', 840, 876, 48, 36)
}
