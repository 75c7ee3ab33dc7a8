/** The floor: a bare `ws` server that pushes the same bytes to a bare page that puts them on a canvas. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { CANVAS, type Load, PacketMaker, sixtyTimesASecond } from './picture-packets.ts'

const PAGE = `<!doctype html><body style="margin:0"><canvas width="${CANVAS.width}" height="${CANVAS.height}"></canvas><script>
const context = document.querySelector('canvas').getContext('2d')
const socket = new WebSocket('ws://' + location.host)
socket.binaryType = 'arraybuffer'
socket.onmessage = ({ data }) => {
  const view = new DataView(data)
  const at = 40 + 4
  const [x, y, width, height] = [0, 2, 4, 6].map((step) => view.getUint16(at + step, true))
  context.putImageData(new ImageData(new Uint8ClampedArray(data, at + 8, width * height * 4), width, height), x, y)
}
</script>`

const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(PAGE))
const sockets = new WebSocketServer({ server, perMessageDeflate: false })
const packets = new PacketMaker()
let load: Load = 'still'

process.once('disconnect', () => process.exit(1))
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', (message: { load?: Load; stop?: true }) => {
  if (message.load) load = message.load
  if (message.stop) process.exit(0)
})
sixtyTimesASecond(() => {
  if (load === 'still') return
  // Who has not taken the last frame is left out, so that nothing piles up.
  const ready = [...sockets.clients].filter((client) => client.bufferedAmount === 0)
  if (ready.length === 0) return
  const packet = packets.next(load)
  for (const client of ready) if (client.readyState === WebSocket.OPEN) client.send(packet)
})
