import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createLogger } from './log.ts'

it('sends log lines to a Seq server, without secrets', async () => {
  const received = new Promise<string>((resolve) => {
    server.on('request', (request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        response.end('{}')
        resolve(body)
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const log = await createLogger({ level: 'info', seqUrl: `http://127.0.0.1:${port}` })
  log.child({ module: 'obs' }).info({ correlationId: 'k1', password: 'hunter2' }, 'connected')
  const body = await received
  expect(body).toContain('connected')
  expect(body).toContain('k1')
  expect(body).not.toContain('hunter2')
  server.close()
})

const server = createServer()
