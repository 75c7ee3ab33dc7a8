/** A frame source without a browser: `node picture-source.ts <upload url>`; each line of input is the load to send from then on. */
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import type { ToFrameSource } from '../contracts/picture/messages.ts'
import { type Load, PacketMaker, sixtyTimesASecond } from './picture-packets.ts'

// A browser masks what it sends in no time; `ws` takes 15 ms a full frame for it. A mask of zeros is one, and takes it none.
const socket = new WebSocket(process.argv[2] ?? '', { generateMask: (mask) => mask.fill(0) })
const packets = new PacketMaker()
let load: Load = 'still'
let isBusy = true
let wantsKey = true

socket.on('message', (data) => {
  const message = JSON.parse(String(data)) as ToFrameSource
  if (message.type === 'key') wantsKey = true
  isBusy = false
})
socket.on('close', () => process.exit(0))
createInterface({ input: process.stdin }).on('line', (line) => {
  load = line as Load
})
sixtyTimesASecond(() => {
  if (isBusy || (load === 'still' && !wantsKey)) return
  isBusy = true
  socket.send(packets.next(load, wantsKey))
  wantsKey = false
})
