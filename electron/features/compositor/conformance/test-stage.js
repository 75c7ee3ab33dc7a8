/** A stage that does what a test tells it, good or bad. Plain JavaScript: it is served as it is. */

const socket = new WebSocket(`ws://${location.host}/test-stage${location.search}`)
const layers = new Map()
let boxes = []
let spinner
let claims = false
let spins = 0

const verbs = {
  /** Replaces all boxes. */
  boxes({ boxes: wanted }) {
    for (const box of boxes) box.remove()
    boxes = wanted.map(({ x, y, width, height, color }) => {
      const box = document.createElement('div')
      box.style.cssText = `position:absolute;left:${x}px;top:${y}px;width:${width}px;height:${height}px;background:${color}`
      document.body.append(box)
      return box
    })
  },
  /** Changes a small box in every frame; at the end it is as green as it never was before. */
  spin({ on }) {
    if (!spinner) {
      spinner = document.createElement('div')
      spinner.style.cssText = 'position:absolute;left:8px;top:8px;width:32px;height:32px'
      document.body.append(spinner)
    }
    claims = on
    if (on) requestAnimationFrame(turn)
  },
  claim({ animating }) {
    claims = animating
  },
  layer({ id, url, x, y, width, height }) {
    const frame = document.createElement('iframe')
    frame.name = id
    frame.sandbox = 'allow-scripts allow-same-origin'
    frame.style.cssText = `position:absolute;border:0;left:${x}px;top:${y}px;width:${width}px;height:${height}px`
    frame.src = url
    layers.set(id, frame)
    document.body.append(frame)
  },
  removeLayer({ id }) {
    layers.get(id)?.remove()
    layers.delete(id)
  },
  element({ name, style }) {
    const element = document.createElement(name)
    element.style.cssText = style
    element.className = 'added'
    document.body.append(element)
  },
  removeElements() {
    for (const element of document.querySelectorAll('.added')) element.remove()
  },
  hang() {
    for (;;);
  },
  leave({ url }) {
    location.href = url
    // A page that is gone has no timers.
    setTimeout(() => say('still here'), 2000)
  },
  annoy({ url }) {
    for (const [what, attempt] of Object.entries(annoyances(url))) {
      try {
        attempt()
      } catch (error) {
        say(`${what} was refused: ${error.message}`)
      }
    }
    say('annoyed')
  },
  inline() {
    globalThis.ran = () => say('inline script ran')
    const script = document.createElement('script')
    script.textContent = 'ran()'
    document.body.append(script)
    say('inline script added')
  },
  eatMemory() {
    const eaten = []
    const eat = () => {
      for (let round = 0; round < 20; round++) eaten.push(Array.from({ length: 500_000 }, (_, at) => ({ at })))
      setTimeout(eat, 0)
    }
    eat()
  },
}

function annoyances(url) {
  return {
    popup() {
      window.open(url)
      window.open(url, '_blank', 'noopener')
    },
    download() {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob(['x'], { type: 'application/octet-stream' }))
      link.download = 'unwanted.bin'
      document.body.append(link)
      link.click()
      link.remove()
    },
    sound() {
      const context = new AudioContext()
      const tone = context.createOscillator()
      tone.connect(context.destination)
      tone.start()
    },
    permissions() {
      const told = (what) => () => say(what)
      navigator.geolocation.getCurrentPosition(told('position'))
      navigator.mediaDevices.getUserMedia({ audio: true }).then(told('microphone'), () => {})
      Notification.requestPermission().then((answer) => answer === 'granted' && say('notifications'))
    },
    staying() {
      addEventListener('beforeunload', (event) => event.preventDefault())
    },
    printing() {
      print()
    },
    // The last ones, since they wait for an answer.
    dialogs() {
      alert('!')
      if (confirm('?') || prompt('?') !== null) say('an answer')
    },
  }
}

function turn() {
  if (!claims) {
    spinner.style.background = 'rgb(0, 200, 0)'
    return
  }
  spins = (spins + 1) % 200
  spinner.style.background = `rgb(${50 + spins}, 0, ${200 - spins})`
  requestAnimationFrame(turn)
}

function say(what) {
  socket.send(what)
}

socket.onopen = () => say('here')
socket.onmessage = ({ data }) => {
  const order = JSON.parse(data)
  verbs[order.verb](order)
}

globalThis.landaleStage = {
  animating: () => claims,
  reloadLayer(id) {
    say(`reload ${id}`)
    const frame = layers.get(id)
    if (frame) frame.src = `${frame.src}`
  },
}
