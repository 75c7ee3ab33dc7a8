import { expect, it } from 'vitest'
import { agentName } from './agent-name.ts'

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'

it.each([
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/103.0.5060.134 Safari/537.36 OBS/30.2.3`, 'OBS 30.2'],
  [`Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/127.0.6533.120 Safari/537.36 OBS/31.0.0-rc1`, 'OBS 31.0'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/128.0.0.0 Safari/537.36`, 'Chrome 128'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/140.0.0.0 Safari/537.36`, 'Chrome 140'],
  [`Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/128.0.0.0 Safari/537.36 Edg/128.0.2739.42`, 'Edge 128'],
  [`Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/140.0 Electron/45.4.1 Safari/537.36`, 'Electron 45'],
  [`Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} landale/0.1.0 Chrome/140.0 Electron/45.4.1 Safari/537.36`, 'Landale 0.1'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox 130'],
  ['Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15', 'Safari 17'],
  ['curl/8.5.0', 'curl 8.5'],
  ['vlc', 'vlc'],
  ['Mozilla/5.0', 'Unknown program'],
  ['<script>', 'Unknown program'],
  ['', 'Unknown program'],
  [null, 'Unknown program'],
])('%s is %s', (agent, name) => {
  expect(agentName(agent)).toBe(name)
})
