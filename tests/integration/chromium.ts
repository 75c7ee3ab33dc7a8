/** The machine's own Chromium for tests in vitest; the tests that need it are skipped by name where there is none. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
export const hasChromium = existsSync(CHROMIUM)

/** `hosts`: names that this browser takes for this machine, whatever they are. */
export function launchChromium(hosts: readonly string[] = []): Promise<Browser> {
  const rules = hosts.map((host) => `MAP ${host} 127.0.0.1`).join(',')
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
  const args = ['--no-sandbox', '--disable-gpu', ...quiet, ...(rules === '' ? [] : [`--host-resolver-rules=${rules}`])]
  return chromium.launch({ executablePath: CHROMIUM, args })
}
