/**
 * Draws a turn-based battle as a game would show it behind the overlay, for the pictures of the README. Our own creatures,
 * words and colours. Runs inside the page, so it must hold everything that it needs.
 */
export function drawBattleScene(): void {
  const [width, height] = [480, 270]
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  canvas.style.cssText = 'position:fixed;inset:0;width:100vw;height:100vh;image-rendering:pixelated;z-index:-1'
  document.body.append(canvas)
  const context = canvas.getContext('2d')
  if (!context) return
  let seed = 7
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const fill = (colour: string, x: number, y: number, w: number, h: number) => {
    context.fillStyle = colour
    context.fillRect(Math.round(x), Math.round(y), Math.round(w), Math.round(h))
  }
  const oval = (colour: string, x: number, y: number, rx: number, ry: number) => {
    for (let row = -ry; row <= ry; row += 2) {
      const half = Math.round(rx * Math.sqrt(1 - (row / ry) ** 2))
      fill(colour, x - half, y + row, half * 2, 2)
    }
  }
  const write = (text: string, x: number, y: number, px: number, colour: string) => {
    context.font = `800 ${px}px "Inter Variable", sans-serif`
    context.fillStyle = colour
    context.fillText(text, x, y)
  }
  /** Half a creature, one letter a block; the other half is its mirror image. */
  const creature = (rows: string[], colours: Record<string, string>, x: number, y: number, block: number) => {
    for (const [row, half] of rows.entries()) {
      const whole = [...half, ...[...half].reverse()]
      for (const [column, letter] of whole.entries()) {
        const colour = colours[letter]
        if (colour) fill(colour, x + column * block, y + row * block, block, block)
      }
    }
  }

  for (const [index, colour] of ['#8fd3f4', '#a5ddf6', '#bde6f7', '#d6f0f8'].entries()) {
    fill(colour, 0, index * 22, width, 22)
  }
  for (let n = 0; n < 6; n++) {
    const [x, y] = [random() * width, 8 + random() * 40]
    for (const [dx, dy, w] of [
      [0, 6, 54],
      [10, 0, 30],
    ] as const) {
      fill('#f4fbff', x + dx, y + dy, w, 8)
    }
  }
  for (let x = -8; x < width; x += 18) {
    const top = 70 + Math.round(random() * 5) * 2
    fill('#2f7a4c', x, top, 20, 40)
    fill('#3d9460', x + 3, top - 6, 12, 10)
    fill('#256340', x + 14, top + 6, 6, 34)
  }
  for (let y = 92; y < height; y += 6) fill(y % 12 === 8 ? '#7cc46a' : '#86cf72', 0, y, width, 6)
  for (let n = 0; n < 120; n++) {
    const [x, y] = [random() * width, 100 + random() * 110]
    fill('#67b258', x, y, 2, 5)
    fill('#67b258', x + 4, y + 1, 2, 4)
  }
  oval('#5da34f', 396, 154, 78, 14)
  oval('#a9dc8c', 396, 152, 76, 12)
  oval('#5da34f', 132, 208, 106, 16)
  oval('#a9dc8c', 132, 206, 104, 14)

  const foe = [
    '....oo...',
    '...ohho..',
    '...ohho..',
    '..oohhooo',
    '.oaaaaaaa',
    'oaabaaaaa',
    'oabaaaaaa',
    'oaaaooaaa',
    'oaaowweaa',
    'oaaoweeaa',
    'oaaaooaaa',
    'oaaaaaaap',
    'oaaaaapoo',
    '.oabbaaaa',
    '..oaabbbb',
    '.oooaaaaa',
    'offfooooo',
    'ooooo....',
  ]
  const foeColours = { o: '#33244a', a: '#8d6bd1', b: '#a98ae3', h: '#f2d98b', w: '#ffffff', e: '#231536' }
  creature(foe, { ...foeColours, p: '#e98bb4', f: '#6f51ad' }, 351, 68, 5)
  const own = [
    '..oo.....',
    '.oaao....',
    '.oabao..o',
    '.oabbaooa',
    '..oabaaaa',
    '..oaaaaaa',
    '.oaaaaaaa',
    '.oaaaaacc',
    'oaaaaaccc',
    'oaaaaaacc',
    'oaaaaaaac',
    '.oaaaaaaa',
    'ooaaaaaaa',
    'obbaaaaaa',
    'obbaaaacc',
    '.oaaaaccc',
    '..ooooccc',
  ]
  creature(own, { o: '#5a2413', a: '#e8743b', b: '#f7a35c', c: '#fbd08a' }, 78, 106, 6)

  const board = (x: number, y: number, name: string, level: number, health: number) => {
    fill('#3c4a3e', x, y, 150, 38)
    fill('#fdf9e3', x + 2, y + 2, 146, 34)
    fill('#e4dcb4', x + 2, y + 31, 146, 5)
    write(name, x + 9, y + 15, 11, '#2f3630')
    write(`Lv ${level}`, x + 112, y + 15, 11, '#2f3630')
    fill('#3c4a3e', x + 30, y + 20, 110, 9)
    write('HP', x + 11, y + 28, 9, '#c47a1c')
    fill('#5b655c', x + 32, y + 22, 106, 5)
    fill(health > 0.5 ? '#44c46a' : '#e8b13a', x + 32, y + 22, 106 * health, 5)
  }
  board(196, 106, 'MOSSNUB', 14, 0.36)
  board(312, 178, 'CINDRIL', 12, 0.82)

  fill('#2c3a52', 0, 226, width, 44)
  fill('#f4f6fb', 3, 229, width - 6, 38)
  fill('#39507a', 5, 231, width - 10, 34)
  write('CINDRIL used Ember Dash!', 18, 246, 12, '#ffffff')
  write('It hits hard.', 18, 260, 12, '#ffffff')
  fill('#ffffff', 452, 254, 9, 3)
  fill('#ffffff', 455, 257, 3, 3)
}
