/**
 * The floor under an agent: starts the processes of a list, starts each again when it ends, and tells one WebSocket of
 * every end. Nothing else. Without a list it only holds the WebSocket.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { WebSocket } from 'ws'

const [url = '', list] = process.argv.slice(2)
const socket = new WebSocket(url, { perMessageDeflate: false })

function start({ id, command, args, env }) {
  const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, ...env } })
  child.once('exit', () => {
    socket.send(id)
    start({ id, command, args, env })
  })
}

socket.once('open', () => {
  if (list) for (const one of JSON.parse(readFileSync(list, 'utf8')).processes) start(one)
  console.log('ready')
})
socket.once('close', () => process.exit(0))
